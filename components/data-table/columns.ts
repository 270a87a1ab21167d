import { type ColumnDef, metaHelper, rowSortingFeature, tableFeatures } from "@tanstack/react-table";
import type { ReactNode } from "react";

export type DataColumn<Row> = {
  id: string;
  /** Words of the header, also read before each value in a card. */
  header: string;
  cell: (row: Row) => ReactNode;
  /** Pixels; columns without one share what is left. */
  width?: number;
  /** Numbers stand at the end. */
  align?: "start" | "end";
  /** Sorts by this key of the URL's vocabulary when the header is pressed. */
  sortKey?: string;
  /** Left out where the table itself is narrower than this many pixels. */
  hideBelow?: 640 | 800 | 960 | 1120;
};

export type ColumnMeta = Pick<DataColumn<unknown>, "width" | "align" | "sortKey" | "hideBelow">;

/** Order and filter are the server's: the table shows rows in the order given. */
export const features = tableFeatures({ rowSortingFeature, columnMeta: metaHelper<ColumnMeta>() });
export type Features = typeof features;

export function columnDefs<Row extends object>(columns: readonly DataColumn<Row>[]): ColumnDef<Features, Row, unknown>[] {
  return columns.map((column) => ({
    id: column.id,
    accessorFn: (row: Row) => row,
    header: column.header,
    cell: (context) => column.cell(context.row.original),
    enableSorting: column.sortKey !== undefined,
    meta: {
      ...(column.width === undefined ? {} : { width: column.width }),
      ...(column.align === undefined ? {} : { align: column.align }),
      ...(column.sortKey === undefined ? {} : { sortKey: column.sortKey }),
      ...(column.hideBelow === undefined ? {} : { hideBelow: column.hideBelow }),
    },
  }));
}
