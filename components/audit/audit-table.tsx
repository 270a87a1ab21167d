"use client";
import { useRouter } from "next/navigation";
import { DataTable } from "#components/data-table/data-table.tsx";
import { FilterBar } from "#components/data-table/filter-bar.tsx";
import { EmptyState, NothingFiltered } from "#components/ui/states.tsx";
import type { AuditRow } from "#lib/audit/queries.ts";
import { auditColumns } from "./audit-columns.tsx";

const rowId = (row: AuditRow) => row.id;

export type AuditTableProps = {
  rows: AuditRow[];
  types: { value: string; label: string }[];
  isFiltered: boolean;
};

export function AuditTable({ rows, types, isFiltered }: AuditTableProps) {
  const router = useRouter();
  return (
    <DataTable
      caption="Audit history, newest first"
      columns={auditColumns}
      rows={rows}
      getRowId={rowId}
      toolbar={<FilterBar filters={[{ param: "type", label: "What happened", options: types }]} />}
      empty={
        isFiltered ? (
          <NothingFiltered why="No recorded change fits it." href="/audit" showAll="Show all changes" />
        ) : (
          <EmptyState title="Nothing has happened yet" why="Every change made here will be listed, with who made it and why." />
        )
      }
      onOpen={(row) => router.push(`/audit/${row.id}`)}
    />
  );
}
