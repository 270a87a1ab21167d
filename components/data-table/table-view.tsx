"use client";

import { Skeleton, UnstyledButton } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconChevronDown, IconChevronRight, IconSelector } from "@tabler/icons-react";
import type { ReactTable } from "@tanstack/react-table";
import type { VirtualItem } from "@tanstack/react-virtual";
import { Fragment, type ReactNode } from "react";
import type { Features } from "./columns.ts";
import classes from "./data-table.module.css";
import type { GroupLine, Line } from "./lines.ts";

export type Drawn<Row> = { line: Line<Row> | undefined; item: VirtualItem };

type TableViewProps<Row extends object> = {
  table: ReactTable<Features, Row>;
  caption: string;
  drawn: readonly Drawn<Row>[];
  totalSize: number;
  /** Rows in all, with those not read yet; null when nobody knows. */
  rowCount: number | null;
  rowHeight: number;
  activeId: string | null;
  tabStopId: string | undefined;
  rowClassName: ((row: Row) => string | undefined) | undefined;
  renderGroup: ((group: GroupLine<Row>) => ReactNode) | undefined;
  onFold: (groupId: string, isFolded: boolean) => void;
};

export function TableView<Row extends object>(props: TableViewProps<Row>) {
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
              <TableLine {...props} line={line} columnCount={headers.length} />
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

type TableLineProps<Row extends object> = TableViewProps<Row> & { line: Line<Row> | undefined; columnCount: number };

function TableLine<Row extends object>({
  table,
  line,
  columnCount,
  rowHeight,
  activeId,
  tabStopId,
  rowClassName,
  renderGroup,
  onFold,
}: TableLineProps<Row>) {
  if (!line) {
    return (
      <tr className={classes.row} style={{ height: rowHeight }}>
        {Array.from({ length: columnCount }, (_, column) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: cells of a row that is not read yet have no other name
          <td key={column}>
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
    <tr
      className={`${classes.row} ${rowClassName?.(line.row) ?? ""}`}
      style={{ height: rowHeight }}
      tabIndex={line.id === tabStopId ? 0 : -1}
      data-line-id={line.id}
      data-active={line.id === activeId || undefined}
      aria-rowindex={line.index + 2}
    >
      {row.getAllCells().map((cell) => {
        const meta = cell.column.columnDef.meta;
        return (
          <td key={cell.id} data-align={meta?.align} data-hide={meta?.hideBelow}>
            <table.FlexRender cell={cell} />
          </td>
        );
      })}
    </tr>
  );
}

export function GroupLabel<Row>({ line }: { line: GroupLine<Row> }) {
  return (
    <span>
      {line.group.label} <span className={classes.groupSize}>{line.size}</span>
    </span>
  );
}
