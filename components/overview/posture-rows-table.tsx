"use client";

import { useMemo } from "react";
import type { DataColumn } from "#components/data-table/columns.ts";
import { DataTable } from "#components/data-table/data-table.tsx";
import { type RowsWindow, useKeysetRows } from "#components/data-table/use-keyset-rows.ts";
import { Moment } from "#components/ui/moment.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import type { PostureList, PostureRow, PostureRowsParams } from "#lib/inventory/posture-rows.ts";
import { detailWords, LIST_HEADS } from "./posture-words.ts";

const rowId = ({ id }: PostureRow) => id;

function columnsOf(of: PostureList): DataColumn<PostureRow>[] {
  const heads = LIST_HEADS[of];
  return [
    { id: "name", header: of === "leavers" ? "Person" : "Identity", cell: (row) => <Whose row={row} /> },
    { id: "what", header: heads.what, cell: (row) => row.what },
    { id: "detail", header: heads.detail, hideBelow: 800, cell: (row) => detailWords(of, row.detail) ?? "unknown" },
    {
      id: "at",
      header: heads.at,
      width: 180,
      cell: (row) => <Moment at={row.at} kind={row.atKind} show={of === "leavers" ? "date" : "relative"} />,
    },
    { id: "source", header: "Source", width: 180, hideBelow: 960, cell: (row) => row.source },
  ];
}

function Whose({ row: { name, identityId, personId } }: { row: PostureRow }) {
  if (identityId) return <TextLink href={`/identities/${identityId}`}>{name}</TextLink>;
  return personId ? <TextLink href={`/people/${personId}`}>{name}</TextLink> : name;
}

type PostureRowsTableProps = { first: RowsWindow<PostureRow>; params: PostureRowsParams; caption: string };

export function PostureRowsTable({ first, params, caption }: PostureRowsTableProps) {
  const { of } = params;
  const asked = Object.entries(params).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  const { rows, window } = useKeysetRows<PostureRow>(`/api/v1/inventory/posture?${new URLSearchParams(asked)}`, first);
  const columns = useMemo(() => columnsOf(of), [of]);
  return (
    <DataTable
      caption={caption}
      columns={columns}
      rows={rows}
      window={window}
      total={null}
      getRowId={rowId}
      empty={<EmptyState title="There is none" why="Or no source tells it: the overview counts what is unknown apart." />}
    />
  );
}
