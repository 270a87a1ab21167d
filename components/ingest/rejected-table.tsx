"use client";

import { useMemo } from "react";
import { streamLabel } from "#components/connectors/stream-words.ts";
import type { DataColumn } from "#components/data-table/columns.ts";
import { DataTable } from "#components/data-table/data-table.tsx";
import { FilterBar } from "#components/data-table/filter-bar.tsx";
import { type RowsWindow, useKeysetRows } from "#components/data-table/use-keyset-rows.ts";
import { EmptyState } from "#components/ui/states.tsx";
import type { RejectedRow } from "#lib/ingest/queries.ts";
import type { Stream } from "#lib/inventory/streams.ts";
import classes from "./ingest.module.css";

const rowId = (row: RejectedRow) => row.id;
const columns: readonly DataColumn<RejectedRow>[] = [
  { id: "position", header: "Where it stood", width: 240, cell: (row) => row.position },
  { id: "stream", header: "Stream", width: 120, hideBelow: 960, cell: (row) => streamLabel(row.stream) },
  { id: "column", header: "Column", width: 130, cell: (row) => row.column ?? "the whole record" },
  { id: "reason", header: "Why it was refused", cell: (row) => <span title={row.reason}>{row.reason}</span> },
  { id: "raw", header: "As it came", cell: (row) => <code title={JSON.stringify(row.raw, null, 2)}>{rawText(row.raw)}</code> },
];

const rawText = (raw: RejectedRow["raw"]): string =>
  Object.entries(raw)
    .map(([name, value]) => `${name}=${value}`)
    .join("  ");

type RejectedTableProps = {
  runId: string;
  stream: Stream | null;
  streams: readonly Stream[];
  total: string;
  first: RowsWindow<RejectedRow>;
};

/** Records that were refused: kept as they came, with where they stood and why. */
export function RejectedTable({ runId, stream, streams, total, first }: RejectedTableProps) {
  const url = `/api/v1/sources/runs/${runId}/rejected${stream ? `?stream=${stream}` : ""}`;
  const { rows, window } = useKeysetRows(url, first);
  const filters = useMemo(
    () => [{ param: "rejected", label: "Stream", options: streams.map((value) => ({ value, label: streamLabel(value) })) }],
    [streams],
  );
  return (
    <DataTable
      caption="Refused records"
      columns={columns}
      rows={rows}
      window={window}
      total={Number(total)}
      getRowId={rowId}
      toolbar={streams.length > 1 ? <FilterBar filters={filters} /> : undefined}
      renderCard={(row) => (
        <div className={classes.card}>
          <strong>{row.position}</strong>
          <span>
            {row.column ?? "the whole record"}: {row.reason}
          </span>
          <code className={classes.raw}>{rawText(row.raw)}</code>
        </div>
      )}
      empty={<EmptyState title="No refused record" why="Every record that was read was kept or left out by a stated rule." />}
    />
  );
}
