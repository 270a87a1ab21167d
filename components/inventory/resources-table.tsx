"use client";

import { useRouter, useSearchParams } from "next/navigation";
import { useMemo } from "react";
import { DataTable } from "#components/data-table/data-table.tsx";
import { type Filter, FilterBar } from "#components/data-table/filter-bar.tsx";
import { type RowsWindow, useKeysetRows } from "#components/data-table/use-keyset-rows.ts";
import { LinkButton } from "#components/ui/link-button.tsx";
import { countText } from "#components/ui/moment-text.ts";
import { EmptyState } from "#components/ui/states.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import type { ResourceListRow } from "#lib/inventory/queries.ts";
import { ENVIRONMENTS, RESOURCE_CLASSES, SENSITIVITIES } from "#lib/inventory/streams.ts";
import classes from "./inventory.module.css";
import { capital, chosen, words } from "./inventory-words.ts";
import { resourceColumns } from "./resource-columns.tsx";

const rowId = (row: ResourceListRow) => row.id;
const FILTERS = ["q", "class", "environment", "sensitivity", "source", "owner", "presence"] as const;

type ResourcesTableProps = {
  first: RowsWindow<ResourceListRow>;
  sources: readonly { id: string; name: string }[];
  isFiltered: boolean;
};

export function ResourcesTable({ first, sources, isFiltered }: ResourcesTableProps) {
  const router = useRouter();
  const search = useSearchParams();
  const filter = new URLSearchParams(FILTERS.flatMap((name) => (search.get(name) ? [[name, search.get(name) ?? ""]] : [])));
  const { rows, window } = useKeysetRows<ResourceListRow>(`/api/v1/inventory/resources?${filter}`, first);
  const filters = useMemo<Filter[]>(
    () => [
      { param: "class", label: "Class", options: chosen(RESOURCE_CLASSES) },
      { param: "environment", label: "Environment", options: chosen(ENVIRONMENTS) },
      { param: "sensitivity", label: "Sensitivity", options: chosen(SENSITIVITIES) },
      { param: "source", label: "Source", options: sources.map(({ id, name }) => ({ value: id, label: name })) },
      { param: "owner", label: "Owner", options: [{ value: "none", label: "no owner" }] },
      { param: "presence", label: "Presence", unset: "there now", options: [{ value: "gone", label: "gone from the source" }] },
    ],
    [sources],
  );
  return (
    <DataTable
      caption="Resources, by name"
      columns={resourceColumns}
      rows={rows}
      getRowId={rowId}
      window={window}
      total={first.nextCursor === null ? first.rows.length : null}
      toolbar={<FilterBar text={{ label: "Name or id" }} filters={filters} />}
      renderCard={(row) => (
        <div className={classes.card}>
          <TextLink href={`/resources/${row.id}`}>{row.name}</TextLink>
          <span>
            {capital(words(row.class))}, {words(row.environment)}
            {row.environment === "unknown" && " environment"}
          </span>
          <span className={classes.small}>
            reached by {countText(row.identities)}, {countText(row.privileged)} of {countText(row.entitlements)} entitlements privileged
          </span>
        </div>
      )}
      onOpen={(row) => router.push(`/resources/${row.id}`)}
      empty={
        isFiltered ? (
          <EmptyState
            title="No resource fits this filter"
            why="Without it there may be more."
            action={<LinkButton href="/resources">Show all resources</LinkButton>}
          />
        ) : (
          <EmptyState
            title="No resource yet"
            why="What access is to comes from sources. Nothing was read yet, so what exists is unknown."
            action={<LinkButton href="/sources">Go to the sources</LinkButton>}
          />
        )
      }
    />
  );
}
