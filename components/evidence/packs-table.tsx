"use client";

import { DataTable } from "#components/data-table/data-table.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { PackRow } from "#lib/evidence/queries.ts";
import { packColumns } from "./pack-columns.tsx";

const rowId = (row: PackRow) => row.id;

export function PacksTable({ rows, hasExportable }: { rows: PackRow[]; hasExportable: boolean }) {
  return (
    <DataTable
      caption="Packs that were made, the newest first. Each download is recorded."
      columns={packColumns}
      rows={rows}
      getRowId={rowId}
      empty={
        <EmptyState
          title="No pack yet"
          why={
            hasExportable
              ? "Export one of the campaigns above: the pack then stays here, with who took it."
              : "A pack is made from a campaign that its owner has signed off, and none is."
          }
        />
      }
    />
  );
}
