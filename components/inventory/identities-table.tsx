"use client";

import { useRouter, useSearchParams } from "next/navigation";
import { useMemo } from "react";
import { DataTable } from "#components/data-table/data-table.tsx";
import { type Filter, FilterBar } from "#components/data-table/filter-bar.tsx";
import { type RowsWindow, useKeysetRows } from "#components/data-table/use-keyset-rows.ts";
import { LinkButton } from "#components/ui/link-button.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import type { IdentityRow } from "#lib/inventory/queries.ts";
import { ENVIRONMENTS, IDENTITY_CLASSES, IDENTITY_STATUSES } from "#lib/inventory/streams.ts";
import { Behind, identityColumns } from "./identity-columns.tsx";
import classes from "./inventory.module.css";
import { capital, chosen, words } from "./inventory-words.ts";

const rowId = (row: IdentityRow) => row.id;
const FILTERS = ["q", "class", "status", "environment", "source", "person", "owner", "presence"] as const;
const PERSON = [
  { value: "matched", label: "known" },
  { value: "proposed", label: "proposed, waits for somebody" },
  { value: "none", label: "nobody known" },
];

type IdentitiesTableProps = {
  first: RowsWindow<IdentityRow>;
  sources: readonly { id: string; name: string }[];
  /** How many there are, where the page counted them. */
  total: number | null;
  isFiltered: boolean;
};

export function IdentitiesTable({ first, sources, total, isFiltered }: IdentitiesTableProps) {
  const router = useRouter();
  const search = useSearchParams();
  const filter = new URLSearchParams(FILTERS.flatMap((name) => (search.get(name) ? [[name, search.get(name) ?? ""]] : [])));
  const { rows, window } = useKeysetRows<IdentityRow>(`/api/v1/inventory/identities?${filter}`, first);
  const filters = useMemo<Filter[]>(
    () => [
      { param: "class", label: "Class", options: chosen(IDENTITY_CLASSES) },
      { param: "status", label: "Status", options: chosen(IDENTITY_STATUSES) },
      { param: "environment", label: "Environment", options: chosen(ENVIRONMENTS) },
      { param: "source", label: "Source", options: sources.map(({ id, name }) => ({ value: id, label: name })) },
      { param: "person", label: "Person", options: PERSON },
      { param: "owner", label: "Owner", options: [{ value: "none", label: "no owner" }] },
      { param: "presence", label: "Presence", unset: "there now", options: [{ value: "gone", label: "gone from the source" }] },
    ],
    [sources],
  );
  return (
    <DataTable
      caption="Identities, by name"
      columns={identityColumns}
      rows={rows}
      getRowId={rowId}
      window={window}
      total={total}
      toolbar={<FilterBar text={{ label: "Name, login, mail or id" }} filters={filters} />}
      renderCard={(row) => (
        <div className={classes.card}>
          <TextLink href={`/identities/${row.id}`}>{row.name}</TextLink>
          <span className={classes.line}>
            {capital(words(row.class))} <StateBadge state={row.status} />
          </span>
          <span>
            <Behind row={row} />
          </span>
          <span className={classes.small}>{row.source}</span>
        </div>
      )}
      onOpen={(row) => router.push(`/identities/${row.id}`)}
      empty={
        isFiltered ? (
          <EmptyState
            title="No identity fits this filter"
            why="Without it there may be more."
            action={<LinkButton href="/identities">Show all identities</LinkButton>}
          />
        ) : (
          <EmptyState
            title="No identity yet"
            why="Identities come from sources. Nothing was read yet, so what exists is unknown."
            action={<LinkButton href="/sources">Go to the sources</LinkButton>}
          />
        )
      }
    />
  );
}
