"use client";

import { IconArrowDown, IconArrowUp, IconSelector } from "@tabler/icons-react";
import type { ReactTable } from "@tanstack/react-table";
import { memo } from "react";
import type { DataColumn, Features } from "./columns.ts";
import classes from "./data-table.module.css";
import type { Sort } from "./url-state.ts";

type TableHeadProps<Data extends object> = {
  table: ReactTable<Features, Data>;
  columns: readonly DataColumn<Data>[];
  sort: Sort | null;
};

function DrawnHead<Data extends object>({ table }: TableHeadProps<Data>) {
  const headers = table.getHeaderGroups()[0]?.headers ?? [];
  return (
    <>
      <colgroup>
        {headers.map((header) => (
          <col key={header.id} data-hide={header.column.columnDef.meta?.hideBelow} style={{ width: header.column.columnDef.meta?.width }} />
        ))}
      </colgroup>
      <thead className={classes.head}>
        <tr aria-rowindex={1}>
          {headers.map((header) => {
            const meta = header.column.columnDef.meta;
            const sorted = header.column.getIsSorted();
            return (
              <th
                key={header.id}
                scope="col"
                data-align={meta?.align}
                data-hide={meta?.hideBelow}
                aria-sort={sorted === "asc" ? "ascending" : sorted === "desc" ? "descending" : undefined}
              >
                {header.column.getCanSort() ? (
                  <button type="button" className={classes.sort} onClick={header.column.getToggleSortingHandler()}>
                    <table.FlexRender header={header} />
                    <SortIcon sorted={sorted} />
                  </button>
                ) : (
                  <table.FlexRender header={header} />
                )}
              </th>
            );
          })}
        </tr>
      </thead>
    </>
  );
}

/** The same columns in the same order are the same head, however far the rows are scrolled. */
export const TableHead = memo(
  DrawnHead,
  (before, after) =>
    before.columns === after.columns && before.sort?.key === after.sort?.key && before.sort?.direction === after.sort?.direction,
) as typeof DrawnHead;

function SortIcon({ sorted }: { sorted: false | "asc" | "desc" }) {
  const Icon = sorted === "asc" ? IconArrowUp : sorted === "desc" ? IconArrowDown : IconSelector;
  return <Icon size={14} stroke={1.75} aria-hidden data-sorted={sorted || undefined} />;
}
