"use client";

import { NativeSelect } from "@mantine/core";
import { useMemo } from "react";
import { streamLabel } from "#components/connectors/stream-words.ts";
import type { DataColumn } from "#components/data-table/columns.ts";
import { DataTable } from "#components/data-table/data-table.tsx";
import { useUrlState } from "#components/data-table/url-state.ts";
import { type RowsWindow, useKeysetRows } from "#components/data-table/use-keyset-rows.ts";
import { InventoryLink, isInventoryPage } from "#components/inventory/inventory-link.tsx";
import { countText } from "#components/ui/moment-text.ts";
import { EmptyState } from "#components/ui/states.tsx";
import type { RunChange } from "#lib/ingest/changes.sql.ts";
import type { Changes } from "#lib/ingest/types.ts";
import type { Stream } from "#lib/inventory/streams.ts";
import { type ColumnChange, columnChanges, valueText } from "./change-words.ts";
import classes from "./ingest.module.css";

type Kind = "added" | "changed" | "ended";

const rowId = (row: RunChange) => row.id;
const columnsOf = (mayOpen: boolean): readonly DataColumn<RunChange>[] => [
  { id: "label", header: "What", cell: (row) => <What row={row} mayOpen={mayOpen} /> },
  { id: "detail", header: "Where", cell: (row) => row.detail ?? <span className={classes.dimmed}>not told</span> },
];
const CHANGED: DataColumn<RunChange> = {
  id: "changes",
  header: "Before and after",
  cell: (row) => <Compared changes={columnChanges(row.before, row.after)} />,
};

type DifferencesTableProps = {
  runId: string;
  stream: Stream;
  kind: Kind;
  /** Streams that the run has, with how many of each kind. */
  counts: readonly { stream: Stream; counts: Changes }[];
  first: RowsWindow<RunChange>;
  /** Whether whoever looks may read the inventory. */
  mayOpen: boolean;
};

/** The rows that a run added, changed or ended, one stream at a time. */
export function DifferencesTable({ runId, stream, kind, counts, first, mayOpen }: DifferencesTableProps) {
  const { set, isPending } = useUrlState();
  const { rows, window } = useKeysetRows(`/api/v1/sources/runs/${runId}/differences?stream=${stream}&kind=${kind}`, first);
  const columns = useMemo(() => [...columnsOf(mayOpen), ...(kind === "changed" ? [CHANGED] : [])], [mayOpen, kind]);
  const mine = counts.find((each) => each.stream === stream)?.counts;
  const toolbar = useMemo(
    () => (
      <div className={classes.bar}>
        <NativeSelect
          aria-label="Stream"
          value={stream}
          data={counts.map((each) => ({ value: each.stream, label: streamLabel(each.stream) }))}
          onChange={(event) => set({ stream: event.currentTarget.value, kind: null })}
        />
        <NativeSelect
          aria-label="Kind of change"
          value={kind}
          data={(["added", "changed", "ended"] as const).map((value) => ({
            value,
            label: `${value} (${countText(mine?.[value] ?? 0)})`,
          }))}
          onChange={(event) => set({ stream, kind: event.currentTarget.value })}
        />
      </div>
    ),
    [stream, kind, counts, mine, set],
  );
  return (
    <DataTable
      key={`${stream}-${kind}`}
      caption={`${streamLabel(stream)} that the run ${kind}`}
      columns={columns}
      rows={rows}
      window={window}
      total={mine?.[kind] ?? null}
      getRowId={rowId}
      toolbar={toolbar}
      isPending={isPending}
      empty={<EmptyState title={`No ${stream} ${kind}`} why="The run did not change the inventory in this way." />}
    />
  );
}

function What({ row, mayOpen }: { row: RunChange; mayOpen: boolean }) {
  const { subjectStream, subjectId, label } = row;
  if (!isInventoryPage(subjectStream)) return label;
  return (
    <InventoryLink page={subjectStream} id={subjectId} may={mayOpen}>
      {label}
    </InventoryLink>
  );
}

function Compared({ changes }: { changes: readonly ColumnChange[] }) {
  if (changes.length === 0) return <span className={classes.dimmed}>no column that is shown</span>;
  return (
    <span title={changes.map(({ column, before, after }) => `${column}: ${valueText(before)} → ${valueText(after)}`).join("\n")}>
      {changes.map(({ column, before, after }, at) => (
        <span key={column}>
          {at > 0 && "; "}
          {column}: <del>{valueText(before)}</del> → <ins>{valueText(after)}</ins>
        </span>
      ))}
    </span>
  );
}
