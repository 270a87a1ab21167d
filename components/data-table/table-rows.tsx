"use client";

import type { Row } from "@tanstack/react-table";
import { memo, type ReactNode } from "react";
import type { Features } from "./columns.ts";
import classes from "./data-table.module.css";
import { GroupHead } from "./group-head.tsx";

/** Stands for the rows that are not drawn. */
export function Gap({ height }: { height: number }) {
  return (
    <tr aria-hidden className={classes.gap} style={{ height }}>
      <td />
    </tr>
  );
}

/** `position` counts from the head of the table. */
type Stands = { height: number; position: number; isTabStop: boolean; isActive: boolean };

type GroupRowProps<Data> = Stands & Pick<Parameters<typeof GroupHead<Data>>[0], "line" | "renderGroup" | "onFold">;

export const GroupRow = memo(function GroupRow<Data>({
  line,
  renderGroup,
  onFold,
  height,
  position,
  isTabStop,
  isActive,
}: GroupRowProps<Data>) {
  return (
    <tr
      className={classes.group}
      style={{ height }}
      tabIndex={isTabStop ? 0 : -1}
      data-line-id={line.id}
      data-active={isActive || undefined}
      aria-rowindex={position}
    >
      <th scope="rowgroup">
        <div className={classes.groupLine}>
          <GroupHead line={line} renderGroup={renderGroup} onFold={onFold} isByKeys />
        </div>
      </th>
    </tr>
  );
}) as <Data>(props: GroupRowProps<Data>) => ReactNode;

type DataRowProps<Data extends object> = Stands & {
  row: Row<Features, Data>;
  /** Not read here: other columns are another row. */
  columns: unknown;
  label: ((row: Data) => string) | undefined;
  className: string | undefined;
};

function DrawnRow<Data extends object>({ row, label, position, height, isTabStop, isActive, className }: DataRowProps<Data>) {
  return (
    <tr
      className={className ? `${classes.row} ${className}` : classes.row}
      style={{ height }}
      tabIndex={isTabStop ? 0 : -1}
      data-line-id={row.id}
      data-active={isActive || undefined}
      aria-rowindex={position}
      aria-label={label?.(row.original)}
    >
      {row.getAllCells().map((cell) => {
        const { cell: draw, meta } = cell.column.columnDef;
        return (
          <td key={cell.id} data-align={meta?.align} data-hide={meta?.hideBelow}>
            {typeof draw === "function" && draw(cell.getContext())}
          </td>
        );
      })}
    </tr>
  );
}

/** Each step of scrolling makes the table's rows anew; one that shows the same is not drawn again. */
export const DataRow = memo(
  DrawnRow,
  (before, after) =>
    before.row.original === after.row.original &&
    before.columns === after.columns &&
    before.label === after.label &&
    before.position === after.position &&
    before.height === after.height &&
    before.isTabStop === after.isTabStop &&
    before.isActive === after.isActive &&
    before.className === after.className,
) as typeof DrawnRow;
