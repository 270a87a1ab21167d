"use client";

import { Skeleton, UnstyledButton } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconChevronDown, IconChevronRight, IconSelector } from "@tabler/icons-react";
import { FlexRender, type ReactTable, type Row } from "@tanstack/react-table";
import type { VirtualItem } from "@tanstack/react-virtual";
import { Fragment, memo, type ReactNode } from "react";
import type { Features } from "./columns.ts";
import classes from "./data-table.module.css";
import type { GroupLine, Line } from "./lines.ts";

export type Drawn<Data> = { line: Line<Data> | undefined; item: VirtualItem };

type TableViewProps<Data extends object> = {
  table: ReactTable<Features, Data>;
  caption: string;
  drawn: readonly Drawn<Data>[];
  totalSize: number;
  /** Rows in all, with those not read yet; null when nobody knows. */
  rowCount: number | null;
  rowHeight: number;
  activeId: string | null;
  tabStopId: string | undefined;
  rowClassName: ((row: Data) => string | undefined) | undefined;
  renderGroup: ((group: GroupLine<Data>) => ReactNode) | undefined;
  onFold: (groupId: string, isFolded: boolean) => void;
};

export function TableView<Data extends object>(props: TableViewProps<Data>) {
  const { table, caption, drawn, totalSize, rowCount } = props;
  const headers = table.getHeaderGroups()[0]?.headers ?? [];
  const end = drawn.at(-1)?.item.end ?? 0;
  return (
    <table className={classes.table} aria-rowcount={rowCount === null ? -1 : rowCount + 1}>
      <caption className={classes.caption}>{caption}</caption>
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
                  <UnstyledButton className={classes.sort} onClick={header.column.getToggleSortingHandler()}>
                    <table.FlexRender header={header} />
                    <SortIcon sorted={sorted} />
                  </UnstyledButton>
                ) : (
                  <table.FlexRender header={header} />
                )}
              </th>
            );
          })}
        </tr>
      </thead>
      <tbody>
        {drawn.map(({ line, item }, at) => {
          const gap = item.start - (drawn[at - 1]?.item.end ?? 0);
          return (
            <Fragment key={item.key}>
              {gap > 0 && <Gap height={gap} />}
              <TableLine {...props} line={line} />
            </Fragment>
          );
        })}
        {totalSize > end && <Gap height={totalSize - end} />}
      </tbody>
    </table>
  );
}

/** Stands for the rows that are not drawn. */
function Gap({ height }: { height: number }) {
  return (
    <tr aria-hidden className={classes.gap} style={{ height }}>
      <td />
    </tr>
  );
}

function SortIcon({ sorted }: { sorted: false | "asc" | "desc" }) {
  const Icon = sorted === "asc" ? IconArrowUp : sorted === "desc" ? IconArrowDown : IconSelector;
  return <Icon size={14} stroke={1.75} aria-hidden data-sorted={sorted || undefined} />;
}

type TableLineProps<Data extends object> = TableViewProps<Data> & { line: Line<Data> | undefined };

function TableLine<Data extends object>({
  table,
  line,
  rowHeight,
  activeId,
  tabStopId,
  rowClassName,
  renderGroup,
  onFold,
}: TableLineProps<Data>) {
  if (!line) {
    return (
      <tr className={classes.row} style={{ height: rowHeight }}>
        {table.getAllLeafColumns().map((column) => (
          <td key={column.id} data-hide={column.columnDef.meta?.hideBelow}>
            <Skeleton height={12} />
          </td>
        ))}
      </tr>
    );
  }
  if (line.kind === "group") {
    return (
      <tr
        className={classes.group}
        style={{ height: rowHeight }}
        tabIndex={line.id === tabStopId ? 0 : -1}
        data-line-id={line.id}
        data-active={line.id === activeId || undefined}
      >
        <th scope="rowgroup">
          <div className={classes.groupLine}>
            <UnstyledButton
              className={classes.fold}
              tabIndex={-1}
              aria-expanded={!line.isFolded}
              aria-label={`${line.isFolded ? "Unfold" : "Fold"} ${line.group.label}`}
              onClick={() => onFold(line.group.id, !line.isFolded)}
            >
              {line.isFolded ? <IconChevronRight size={16} aria-hidden /> : <IconChevronDown size={16} aria-hidden />}
            </UnstyledButton>
            {renderGroup ? renderGroup(line) : <GroupLabel line={line} />}
          </div>
        </th>
      </tr>
    );
  }
  const row = table.getRowModel().rowsById[line.id];
  if (!row) return null;
  return (
    <RowLine
      row={row}
      columns={table.options.columns}
      position={line.index + 2}
      height={rowHeight}
      isTabStop={line.id === tabStopId}
      isActive={line.id === activeId}
      className={rowClassName?.(line.row)}
    />
  );
}

type RowLineProps<Data extends object> = {
  row: Row<Features, Data>;
  /** Not read here: other columns are another row. */
  columns: unknown;
  position: number;
  height: number;
  isTabStop: boolean;
  isActive: boolean;
  className: string | undefined;
};

/** Scrolling draws the list anew for each step; a row that stays is not drawn again. */
const RowLine = memo(function RowLine<Data extends object>({ row, position, height, isTabStop, isActive, className }: RowLineProps<Data>) {
  return (
    <tr
      className={className ? `${classes.row} ${className}` : classes.row}
      style={{ height }}
      tabIndex={isTabStop ? 0 : -1}
      data-line-id={row.id}
      data-active={isActive || undefined}
      aria-rowindex={position}
    >
      {row.getAllCells().map((cell) => {
        const meta = cell.column.columnDef.meta;
        return (
          <td key={cell.id} data-align={meta?.align} data-hide={meta?.hideBelow}>
            <FlexRender cell={cell} />
          </td>
        );
      })}
    </tr>
  );
}) as <Data extends object>(props: RowLineProps<Data>) => ReactNode;

export function GroupLabel<Data>({ line }: { line: GroupLine<Data> }) {
  return (
    <span>
      {line.group.label} <span className={classes.groupSize}>{line.size}</span>
    </span>
  );
}
