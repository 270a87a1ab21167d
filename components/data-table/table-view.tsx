"use client";

import { Skeleton } from "@mantine/core";
import { type ReactTable, type Row, type SortingState, useTable } from "@tanstack/react-table";
import type { VirtualItem } from "@tanstack/react-virtual";
import { Fragment, type ReactNode, useMemo } from "react";
import { columnDefs, type DataColumn, type Features, features } from "./columns.ts";
import classes from "./data-table.module.css";
import type { GroupLine, Line } from "./lines.ts";
import { TableHead } from "./table-head.tsx";
import { BriefLine, DataRow, Gap, GroupRow } from "./table-rows.tsx";
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
  /** Rows in all, with those not read yet; null when nobody knows. */
  rowCount: number | null;
  isFlying: boolean;
  activeId: string | null;
  tabStopId: string | undefined;
  rowClassName: ((row: Data) => string | undefined) | undefined;
  renderGroup: ((group: GroupLine<Data>) => ReactNode) | undefined;
  onFold: (groupId: string, isFolded: boolean) => void;
};

export function TableView<Data extends object>(props: TableViewProps<Data>) {
  const { caption, drawn, totalSize, rowCount } = props;
  const table = useDrawnTable(props);
  const byId = table.getRowModel().rowsById;
  const end = drawn.at(-1)?.item.end ?? 0;
  return (
    <table className={classes.table} aria-rowcount={rowCount === null ? -1 : rowCount + 1}>
      <caption className={classes.caption}>{caption}</caption>
      <TableHead table={table} columns={props.columns} sort={props.sort} />
      <tbody>
        {drawn.map(({ line, row, item }, at) => {
          const gap = item.start - (drawn[at - 1]?.item.end ?? 0);
          const isBrief = props.isFlying && line !== undefined && line.id !== props.activeId;
          return (
            <Fragment key={isBrief ? at : item.key}>
              {gap > 0 && <Gap height={gap} />}
              {isBrief ? (
                <BriefLine columns={props.columns} rowHeight={item.size} line={line} row={row} />
              ) : (
                <TableLine {...props} height={item.size} table={table} line={line} row={line && byId[line.id]} />
              )}
            </Fragment>
          );
        })}
        {totalSize > end && <Gap height={totalSize - end} />}
      </tbody>
    </table>
  );
}

/** The table knows the rows that are drawn, and no more: it costs the same over a hundred thousand. */
function useDrawnTable<Data extends object>({ columns, getRowId, sort, onSort, drawn }: TableViewProps<Data>): ReactTable<Features, Data> {
  const defs = useMemo(() => columnDefs(columns), [columns]);
  const sorting = useMemo<SortingState>(() => {
    const column = sort ? columns.find((candidate) => candidate.sortKey === sort.key) : undefined;
    return column && sort ? [{ id: column.id, desc: sort.direction === "desc" }] : [];
  }, [columns, sort]);
  return useTable({
    features,
    columns: defs,
    data: drawn.flatMap(({ row }) => row ?? []),
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
};

function TableLine<Data extends object>(props: TableLineProps<Data>) {
  const { table, line, row, columns, activeId, tabStopId, rowClassName, renderGroup, onFold, height } = props;
  const stands = { height, isTabStop: line?.id === tabStopId, isActive: line?.id === activeId };
  if (line?.kind === "group") return <GroupRow line={line} renderGroup={renderGroup} onFold={onFold} {...stands} />;
  if (line && row) {
    return <DataRow row={row} columns={columns} position={line.index + 2} className={rowClassName?.(row.original)} {...stands} />;
  }
  return (
    <tr className={classes.row} style={{ height }}>
      {table.getAllLeafColumns().map((column) => (
        <td key={column.id} data-hide={column.columnDef.meta?.hideBelow}>
          <Skeleton height={12} />
        </td>
      ))}
    </tr>
  );
}
