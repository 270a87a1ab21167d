import "server-only";
import { encodeCursor } from "#lib/db/cursor.ts";

export const PAGE = 50;
export type Page<Row> = { rows: Row[]; next: string | null };

/** Cuts the row too many off; its being there says that there is a next page, which starts after `placeOf` the last one kept. */
export function pageOf<Row>(rows: Row[], list: string, placeOf: (row: Row) => readonly (string | number)[]): Page<Row> {
  const last = rows.length > PAGE ? rows[PAGE - 1] : undefined;
  return { rows: rows.slice(0, PAGE), next: last ? encodeCursor(list, placeOf(last)) : null };
}

/** LIKE without wildcards of the searcher's own. */
export const pattern = (search: string | undefined): string | null => (search ? `%${search.replace(/[\\%_]/g, "\\$&")}%` : null);

export const iso = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** An address that names nothing must not reach the database as a broken id. */
export const isUuid = (id: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id);
