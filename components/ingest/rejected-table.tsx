"use client";

import { Modal } from "@mantine/core";
import { useMemo, useState } from "react";
import { columnLabel, streamLabel } from "#components/connectors/stream-words.ts";
import type { DataColumn } from "#components/data-table/columns.ts";
import { DataTable } from "#components/data-table/data-table.tsx";
import { FilterBar } from "#components/data-table/filter-bar.tsx";
import { type RowsWindow, useKeysetRows } from "#components/data-table/use-keyset-rows.ts";
import { DefinitionList } from "#components/ui/definition-list.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { RejectedRow } from "#lib/ingest/queries.ts";
import type { Stream } from "#lib/inventory/streams.ts";
import classes from "./ingest.module.css";

const rowId = (row: RejectedRow) => row.id;
const columnsFor = (open: (row: RejectedRow) => void): readonly DataColumn<RejectedRow>[] => [
  {
    id: "position",
    header: "Where it stood",
    width: 200,
    cell: (row) => (
      <button type="button" className={classes.plain} onClick={() => open(row)}>
        {row.position}
      </button>
    ),
  },
  { id: "stream", header: "Stream", width: 120, hideBelow: 960, cell: (row) => streamLabel(row.stream) },
  { id: "column", header: "Column", width: 130, cell: (row) => (row.column === null ? "the whole record" : columnLabel(row.column)) },
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
  const [shown, setShown] = useState<RejectedRow | null>(null);
  const columns = useMemo(() => columnsFor(setShown), []);
  const table = (
    <DataTable
      caption="Refused records"
      columns={columns}
      rows={rows}
      window={window}
      total={Number(total)}
      getRowId={rowId}
      onOpen={setShown}
      toolbar={streams.length > 1 ? <FilterBar filters={filters} /> : undefined}
      renderCard={(row) => (
        <div className={classes.card}>
          <strong>{row.position}</strong>
          <span>
            {row.column === null ? "the whole record" : columnLabel(row.column)}: {row.reason}
          </span>
          <code className={classes.raw}>{rawText(row.raw)}</code>
        </div>
      )}
      empty={<EmptyState title="No refused record" why="Every record that was read was kept or left out by a stated rule." />}
    />
  );
  return (
    <>
      {table}
      <Modal
        opened={shown !== null}
        onClose={() => setShown(null)}
        title={shown?.position}
        size="lg"
        closeButtonProps={{ "aria-label": "Close" }}
      >
        {shown && <Whole row={shown} />}
      </Modal>
    </>
  );
}

function Whole({ row: { stream, column, reason, raw } }: { row: RejectedRow }) {
  return (
    <div className={classes.stack}>
      <p>
        {streamLabel(stream)}, {column === null ? "the whole record" : columnLabel(column)}: {reason}
      </p>
      <DefinitionList facts={Object.entries(raw).map(([name, value]) => ({ term: name, value: <code>{value}</code> }))} />
    </div>
  );
}
