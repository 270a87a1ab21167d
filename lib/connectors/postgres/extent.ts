import type { ObjectGrantRow } from "./objects.sql.ts";

/** A name may hold a line break, and a list has one name a line. */
export const shown = (name: string): string => name.replaceAll(/[\r\n]/g, " ");

/** Which objects of a schema a grant reaches: "all tables", "2 tables: invoices, refunds". Says no total, so that a new table elsewhere changes nothing here. */
export function extentOf({ kind, held, is_all, names, digest }: ObjectGrantRow): string {
  if (is_all) return `all ${kind}`;
  const rest = held - names.length;
  const more = rest > 0 ? ` and ${rest} more (list ${digest.slice(0, 16)})` : "";
  return `${held} ${held === 1 ? kind.slice(0, -1) : kind}: ${names.map(shown).join(", ")}${more}`;
}

/** How a grant on objects is held. */
export function objectOptions(row: ObjectGrantRow): string {
  if (row.grantable === 0) return extentOf(row);
  const share = row.grantable === row.held ? "" : ` for ${row.grantable} of them`;
  return `${extentOf(row)}; may hand it on${share}`;
}
