"use client";

import { useRouter } from "next/navigation";
import { DataTable } from "#components/data-table/data-table.tsx";
import { type RowsWindow, useKeysetRows } from "#components/data-table/use-keyset-rows.ts";
import { EmptyState } from "#components/ui/states.tsx";
import type { RunListRow } from "#lib/ingest/queries.ts";
import { runColumns } from "./run-columns.tsx";

const rowId = (row: RunListRow) => row.id;

type RunsTableProps = {
  sourceId: string;
  first: RowsWindow<RunListRow>;
  /** Only the latest few, on the page of their source. */
  isLatest?: boolean;
};

export function RunsTable({ sourceId, first, isLatest = false }: RunsTableProps) {
  const router = useRouter();
  const { rows, window } = useKeysetRows(`/api/v1/sources/${sourceId}/runs${isLatest ? "?latest" : ""}`, first);
  return (
    <DataTable
      caption="Sync runs, newest first"
      columns={runColumns}
      rows={rows}
      window={window}
      total={first.nextCursor === null ? first.rows.length : null}
      getRowId={rowId}
      empty={<EmptyState title="Never read" why="No sync of this source was started yet, so what it holds is unknown." />}
      onOpen={(row) => router.push(`/sources/${row.sourceId}/runs/${row.id}`)}
    />
  );
}
