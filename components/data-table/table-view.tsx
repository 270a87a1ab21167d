"use client";

import { Skeleton } from "@mantine/core";
import { type ReactTable, type Row, type SortingState, useTable } from "@tanstack/react-table";
import type { VirtualItem } from "@tanstack/react-virtual";
import { Fragment, type ReactNode, useMemo } from "react";
import { columnDefs, type DataColumn, type Features, features } from "./columns.ts";
import classes from "./data-table.module.css";
import type { GroupLine, Line } from "./lines.ts";
import { TableHead } from "./table-head.tsx";
import { DataRow, Gap, GroupRow } from "./table-rows.tsx";
import type { Sort } from "./url-state.ts";

/** A line in its place; `row` is what a line of the kind "row" shows by now. */
export type Drawn<Data> = { line: Line<Data> | undefined; row: Data | undefined; item: VirtualItem };

type TableViewProps<Data extends object> = {
  columns: readonly DataColumn<Data>[];
  getRowId: (row: Data) => string;
  sort: Sort | null;
  onSort: ((sort: Sort) => void) | undefined;
  caption: string;
  drawn: readonly Drawn<Data>[];
  totalSize: number;
  /** Lines in all, heads of groups among them, with those not read yet; null when nobody knows. */
  lineCount: number | null;
  isFlying: boolean;
  activeId: string | null;
  tabStopId: string | undefined;
  /** Rows have keys of their own, which a screen reader passes on only in a grid. */
  isByKeys: boolean;
  rowLabel: ((row: Data) => string) | undefined;
  rowName: ((row: Data) => string) | undefined;
  rowClassName: ((row: Data) => string | undefined) | undefined;
  renderGroup: ((group: GroupLine<Data>) => ReactNode) | undefined;
  onFold: (groupId: string, isFolded: boolean) => void;
};

export function TableView<Data extends object>(props: TableViewProps<Data>) {
  const { caption, drawn, totalSize, lineCount } = props;
  const table = useDrawnTable(props);
  const byId = table.getRowModel().rowsById;
  const end = drawn.at(-1)?.item.end ?? 0;
  return (
    <table className={classes.table} role={props.isByKeys ? "grid" : undefined} aria-rowcount={lineCount === null ? -1 : lineCount + 1}>
      <caption className={classes.caption}>{caption}</caption>
      <TableHead table={table} columns={props.columns} sort={props.sort} />
      <tbody>
        {drawn.map(({ line, row, item }, at) => {
          const gap = item.start - (drawn[at - 1]?.item.end ?? 0);
          const isBrief = isBriefly(props, line);
          return (
            <Fragment key={isBrief ? at : item.key}>
              {gap > 0 && <Gap height={gap} />}
              {isBrief ? (
                // Lines of both kinds have one shape, and each takes the place of the one before it: only text changes.
                <tr className={classes.row} style={{ height: item.size }}>
                  <td colSpan={props.columns.length}>{briefly(props, line, row)}</td>
                </tr>
              ) : (
                <TableLine {...props} height={item.size} position={item.index + 2} table={table} line={line} row={line && byId[line.id]} />
              )}
            </Fragment>
          );
        })}
        {totalSize > end && <Gap height={totalSize - end} />}
      </tbody>
    </table>
  );
}

/** Whether a line is drawn in one line of words. The one in focus stays whole. */
const isBriefly = <Data extends object>({ isFlying, activeId }: TableViewProps<Data>, line: Line<Data> | undefined): boolean =>
  isFlying && line !== undefined && line.id !== activeId;

/** A line by its name alone, while it flies past. */
function briefly<Data extends object>(
  { columns, rowName }: TableViewProps<Data>,
  line: Line<Data> | undefined,
  row: Data | undefined,
): ReactNode {
  if (line?.kind === "group") return line.group.label;
  return row && (rowName ? rowName(row) : columns[0]?.cell(row));
}

/** The same array each time, so that there is nothing to make anew. */
const NO_ROWS: never[] = [];

/** The table knows the rows that are drawn whole, and no more: it costs the same over a hundred thousand. */
function useDrawnTable<Data extends object>(props: TableViewProps<Data>): ReactTable<Features, Data> {
  const { columns, getRowId, sort, onSort, drawn } = props;
  const defs = useMemo(() => columnDefs(columns), [columns]);
  const sorting = useMemo<SortingState>(() => {
    const column = sort ? columns.find((candidate) => candidate.sortKey === sort.key) : undefined;
    return column && sort ? [{ id: column.id, desc: sort.direction === "desc" }] : [];
  }, [columns, sort]);
  const whole = drawn.flatMap(({ line, row }) => (row && !isBriefly(props, line) ? row : []));
  return useTable({
    features,
    columns: defs,
    data: whole.length > 0 ? whole : NO_ROWS,
    getRowId,
    manualSorting: true,
    enableSortingRemoval: false,
    sortDescFirst: false,
    state: { sorting },
    onSortingChange: (update) => {
      const [next] = typeof update === "function" ? update(sorting) : update;
      const key = columns.find((column) => column.id === next?.id)?.sortKey;
      if (next && key) onSort?.({ key, direction: next.desc ? "desc" : "asc" });
    },
  });
}

type TableLineProps<Data extends object> = TableViewProps<Data> & {
  table: ReactTable<Features, Data>;
  line: Line<Data> | undefined;
  row: Row<Features, Data> | undefined;
  height: number;
  position: number;
};

function TableLine<Data extends object>(props: TableLineProps<Data>) {
  const { table, line, row, columns, activeId, tabStopId, rowClassName, rowLabel, renderGroup, onFold, height, position } = props;
  const stands = { height, position, isTabStop: line?.id === tabStopId, isActive: line?.id === activeId };
  if (line?.kind === "group") return <GroupRow line={line} renderGroup={renderGroup} onFold={onFold} {...stands} />;
  if (line && row) {
    return <DataRow row={row} columns={columns} label={rowLabel} className={rowClassName?.(row.original)} {...stands} />;
  }
  return (
    <tr className={classes.row} style={{ height }} aria-rowindex={position}>
      {table.getAllLeafColumns().map((column) => (
        <td key={column.id} data-hide={column.columnDef.meta?.hideBelow}>
          <Skeleton height={12} />
        </td>
      ))}
    </tr>
  );
}
