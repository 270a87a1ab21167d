"use client";

import { useRouter } from "next/navigation";
import { DataTable } from "#components/data-table/data-table.tsx";
import { FilterBar } from "#components/data-table/filter-bar.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { EmptyState, NothingFiltered } from "#components/ui/states.tsx";
import type { ExceptionRow } from "#lib/exceptions/types.ts";
import { exceptionColumns } from "./exception-columns.tsx";
import { EXCEPTION_STATES } from "./exception-words.ts";

type ExceptionsTableProps = { rows: ExceptionRow[]; isFiltered: boolean /** More fit than are shown. */; isCut: boolean };

const rowId = (row: ExceptionRow) => row.id;
const FILTERS = [
  { param: "state", label: "State", options: EXCEPTION_STATES },
  { param: "risk", label: "Risk", options: ["critical", "high", "ordinary", "low"].map((value) => ({ value, label: `${value} risk` })) },
  {
    param: "show",
    label: "Show",
    options: [
      { value: "waiting", label: "waiting for me" },
      { value: "mine", label: "asked by me" },
      { value: "expiring", label: "ending within 30 days" },
      { value: "all", label: "ended ones too" },
    ],
  },
];

export function ExceptionsTable({ rows, isFiltered, isCut }: ExceptionsTableProps) {
  const router = useRouter();
  return (
    <DataTable
      caption="Exceptions, those that wait for an approval first"
      columns={exceptionColumns}
      rows={rows}
      getRowId={rowId}
      total={isCut ? null : rows.length}
      toolbar={<FilterBar text={{ label: "Access or resource" }} filters={FILTERS} />}
      empty={
        isFiltered ? (
          <NothingFiltered why="Without it there may be more." href="/exceptions" showAll="Show all open exceptions" />
        ) : (
          <EmptyState
            title="No exception is open"
            why="A reviewer who cannot keep or revoke an access asks for one: More decisions (m) on the review page, or on an item's page."
            action={
              <LinkButton href="/exceptions?show=all" variant="default">
                Show ended ones
              </LinkButton>
            }
          />
        )
      }
      onOpen={(row) => router.push(`/exceptions/${row.id}`)}
    />
  );
}
