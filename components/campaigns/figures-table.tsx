import type { ReactNode } from "react";
import classes from "./figures-table.module.css";

export type FigureColumn<Row> = { id: string; header: string; align?: "end"; cell: (row: Row) => ReactNode };

type FiguresTableProps<Row> = {
  caption: string;
  columns: readonly FigureColumn<Row>[];
  rows: readonly Row[];
  getRowId: (row: Row) => string;
  /** A last row of sums, one cell a column. */
  totals?: readonly ReactNode[];
};

/** A small table that is read and not worked in: all rows, no window. Too wide for the screen, it scrolls by itself. */
export function FiguresTable<Row>({ caption, columns, rows, getRowId, totals }: FiguresTableProps<Row>) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className={classes.scroll} aria-label={caption} tabIndex={0}>
      <table className={classes.table}>
        <caption className={classes.caption}>{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.id} scope="col" data-align={column.align}>
                {column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={getRowId(row)}>
              {columns.map((column, index) =>
                index === 0 ? (
                  <th key={column.id} scope="row">
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.id} data-align={column.align}>
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
        {totals && (
          <tfoot>
            <tr>
              {columns.map((column, index) =>
                index === 0 ? (
                  <th key={column.id} scope="row">
                    {totals[index]}
                  </th>
                ) : (
                  <td key={column.id} data-align={column.align}>
                    {totals[index]}
                  </td>
                ),
              )}
            </tr>
          </tfoot>
        )}
      </table>
    </section>
  );
}
