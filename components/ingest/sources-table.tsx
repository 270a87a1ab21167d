"use client";

import { useRouter } from "next/navigation";
import { DataTable } from "#components/data-table/data-table.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { SourceListRow } from "#lib/ingest/queries.ts";
import { sourceColumns } from "./source-columns.tsx";

const rowId = (row: SourceListRow) => row.id;

export function SourcesTable({ rows, canManage }: { rows: SourceListRow[]; canManage: boolean }) {
  const router = useRouter();
  return (
    <DataTable
      caption="Sources"
      columns={sourceColumns}
      rows={rows}
      getRowId={rowId}
      empty={
        <EmptyState
          title="No source yet"
          why="A source is a place that identities and their access come from. Without one there is nothing to review."
          action={canManage ? <LinkButton href="/sources/new">Add a source</LinkButton> : undefined}
        />
      }
      onOpen={(row) => router.push(`/sources/${row.id}`)}
    />
  );
}
