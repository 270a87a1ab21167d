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
import { ToneText } from "#components/ui/tone-text.tsx";
import type { Reacher } from "#lib/inventory/effective-access.sql.ts";
import { IDENTITY_CLASSES } from "#lib/inventory/streams.ts";
import { throughText } from "./access-words.ts";
import classes from "./inventory.module.css";
import { chosen, leaverText, words } from "./inventory-words.ts";
import { PrivilegeMark } from "./privilege-mark.tsx";
import { Way } from "./way.tsx";

const rowId = (row: Reacher) => row.identityId;
const PRIVILEGED: Filter = {
  param: "privileged",
  label: "Privileged",
  options: [
    { value: "yes", label: "yes" },
    { value: "unknown", label: "unknown" },
  ],
};
const FILTERS: readonly Filter[] = [
  { param: "class", label: "Class", options: chosen(IDENTITY_CLASSES) },
  {
    param: "way",
    label: "Way",
    options: [
      { value: "direct", label: "held directly" },
      { value: "path", label: "only through groups or roles" },
    ],
  },
];

const ON_RESOURCE = [PRIVILEGED, ...FILTERS];

type ReachersTableProps = {
  target: { kind: "resource" | "entitlement"; id: string; name: string };
  first: RowsWindow<Reacher>;
  /** How many there are without a filter. */
  total: number | null;
};

/** Who reaches something, each by what weighs most and the shortest way to it. */
export function ReachersTable({ target, first, total }: ReachersTableProps) {
  const search = useSearchParams();
  const filter = new URLSearchParams(
    ["q", "class", "way", "privileged"].flatMap((name) => (search.get(name) ? [[name, search.get(name) ?? ""]] : [])),
  );
  const isFiltered = filter.size > 0;
  const url = `/api/v1/inventory/reachers?${new URLSearchParams([[`${target.kind}Id`, target.id], ...filter])}`;
  const { rows, window } = useKeysetRows<Reacher>(url, first);
  const columns = useMemo(() => (target.kind === "resource" ? COLUMNS : COLUMNS.filter(({ id }) => id !== "access")), [target.kind]);
  return (
    <DataTable
      caption={`Who can reach ${target.name}`}
      columns={columns}
      rows={rows}
      getRowId={rowId}
      window={window}
      total={first.nextCursor === null ? first.rows.length : isFiltered ? null : total}
      toolbar={<FilterBar text={{ label: "Identity or person" }} filters={target.kind === "resource" ? ON_RESOURCE : FILTERS} />}
      renderCard={(row) => (
        <div className={classes.card}>
          <span className={classes.line}>
            <Who row={row} /> <PrivilegeMark privileged={row.privileged} />
          </span>
          <span className={classes.small}>
            {target.kind === "resource" && (
              <>
                <TextLink href={`/entitlements/${row.entitlementId}`}>{row.entitlement}</TextLink>
                <Others row={row} />,{" "}
              </>
            )}
            <Way path={row.path} />
          </span>
        </div>
      )}
      empty={
        isFiltered ? (
          <EmptyState title="Nobody fits this filter" why="Without it there may be more." />
        ) : (
          <EmptyState title="Nobody reaches it" why="No source names a grant of it, neither directly nor through a group or role." />
        )
      }
    />
  );
}

function Others({ row }: { row: Reacher }) {
  return row.others > 0 ? <span className={classes.dim}> and {row.others} more</span> : null;
}

function Who({ row }: { row: Reacher }) {
  const leaver = leaverText(row.personStatus);
  return (
    <>
      <TextLink href={`/identities/${row.identityId}`}>{row.identity}</TextLink>{" "}
      {row.personId ? (
        row.person !== row.identity && (
          <span className={classes.dim}>
            of <TextLink href={`/people/${row.personId}`}>{row.person}</TextLink>
          </span>
        )
      ) : (
        <span className={classes.dim}>{row.class === "unknown" ? "class unknown" : words(row.class)}</span>
      )}{" "}
      {leaver && <ToneText tone="danger">{leaver}</ToneText>}
    </>
  );
}

const COLUMNS: readonly DataColumn<Reacher>[] = [
  { id: "who", header: "Identity", cell: (row) => <Who row={row} /> },
  {
    id: "access",
    header: "Has",
    cell: (row) => (
      <span title={row.entitlement}>
        <PrivilegeMark privileged={row.privileged} /> <TextLink href={`/entitlements/${row.entitlementId}`}>{row.entitlement}</TextLink>
        <Others row={row} />
      </span>
    ),
  },
  {
    id: "way",
    header: "Way",
    cell: (row) => (
      <span title={throughText(row.path)}>
        <Way path={row.path} />
      </span>
    ),
  },
  { id: "source", header: "Source", width: 150, hideBelow: 1120, cell: (row) => row.source },
  {
    id: "used",
    header: "Last used",
    width: 150,
    hideBelow: 1120,
    cell: (row) => <Moment at={row.lastUsedAt} kind={row.lastUsedKind as MomentKind} show="relative" />,
  },
];
