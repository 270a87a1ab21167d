"use client";

import { useSearchParams } from "next/navigation";
import { useMemo } from "react";
import type { DataColumn } from "#components/data-table/columns.ts";
import { DataTable } from "#components/data-table/data-table.tsx";
import { type Filter, FilterBar } from "#components/data-table/filter-bar.tsx";
import { type RowsWindow, useKeysetRows } from "#components/data-table/use-keyset-rows.ts";
import { Moment } from "#components/ui/moment.tsx";
import type { MomentKind } from "#components/ui/moment-text.ts";
import { EmptyState } from "#components/ui/states.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import type { Reached } from "#lib/inventory/effective-access.sql.ts";
import { sentenceOf, throughText } from "./access-words.ts";
import classes from "./inventory.module.css";
import { PrivilegeMark } from "./privilege-mark.tsx";
import { Way } from "./way.tsx";

const rowId = (row: Reached) => row.entitlementId;
const FILTERS: readonly Filter[] = [
  {
    param: "privileged",
    label: "Privileged",
    options: [
      { value: "yes", label: "yes" },
      { value: "unknown", label: "unknown" },
    ],
  },
];
const groupOf = (row: Reached) => ({ id: row.resourceId ?? "none", label: row.resource ?? "On no resource that is known" });

const COLUMNS: readonly DataColumn<Reached>[] = [
  {
    id: "what",
    header: "Can",
    cell: (row) => (
      <span title={sentenceOf(row)}>
        <PrivilegeMark privileged={row.privileged} /> {sentenceOf(row)}
      </span>
    ),
  },
  {
    id: "by",
    header: "By",
    width: 200,
    hideBelow: 800,
    cell: (row) => <TextLink href={`/entitlements/${row.entitlementId}`}>{row.entitlement}</TextLink>,
  },
  {
    id: "way",
    header: "Way",
    width: 200,
    cell: (row) => (
      <span title={throughText(row.path)}>
        <Way path={row.path} />
      </span>
    ),
  },
  {
    id: "as",
    header: "As",
    width: 150,
    hideBelow: 1120,
    cell: (row) => <TextLink href={`/identities/${row.identityId}`}>{row.identity}</TextLink>,
  },
  {
    id: "used",
    header: "Last used",
    width: 176,
    hideBelow: 960,
    cell: (row) => <Moment at={row.lastUsedAt} kind={row.lastUsedKind as MomentKind} show="relative" />,
  },
];

type ReachedTableProps = { asked: { kind: "person" | "identity"; id: string; name: string }; first: RowsWindow<Reached> };

/** What an identity reaches, or all of a person's together, resource by resource. */
export function ReachedTable({ asked, first }: ReachedTableProps) {
  const search = useSearchParams();
  const filter = new URLSearchParams(["q", "privileged"].flatMap((name) => (search.get(name) ? [[name, search.get(name) ?? ""]] : [])));
  const url = `/api/v1/inventory/reached?${new URLSearchParams([[`${asked.kind}Id`, asked.id], ...filter])}`;
  const { rows, window } = useKeysetRows<Reached>(url, first);
  const columns = useMemo(() => (asked.kind === "person" ? COLUMNS : COLUMNS.filter(({ id }) => id !== "as")), [asked.kind]);
  return (
    <DataTable
      caption={`What ${asked.name} can reach`}
      columns={columns}
      rows={rows}
      getRowId={rowId}
      groupOf={groupOf}
      window={window}
      total={first.nextCursor === null ? first.rows.length : null}
      toolbar={<FilterBar text={{ label: "What, entitlement or resource" }} filters={FILTERS} />}
      renderCard={(row) => (
        <div className={classes.card}>
          <span>
            {sentenceOf(row)} <PrivilegeMark privileged={row.privileged} />
          </span>
          <span className={classes.small}>
            <TextLink href={`/entitlements/${row.entitlementId}`}>{row.entitlement}</TextLink>, <Way path={row.path} />
          </span>
        </div>
      )}
      empty={
        filter.size > 0 ? (
          <EmptyState title="Nothing fits this filter" why="Other things may be reached." />
        ) : (
          <EmptyState
            title={`${asked.name} reaches nothing`}
            why="No source names a grant, neither directly nor through a group or role."
          />
        )
      }
    />
  );
}
