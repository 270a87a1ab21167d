import "server-only";

/*
 * How a table of the pack is written: one list of columns, from which both its CSV and its JSON follow, made by the server and streamed by
 * COPY. Values of text columns are guarded in the CSV; the JSON has them unchanged.
 */

/** `text` came from outside and may look like a formula; `plain` cannot (ids, counts, words of ours). */
type Kind = "text" | "plain" | "flag" | "list" | "words" | "json";
export type PackColumn = { readonly name: string; readonly sql: string; readonly kind: Kind };
export type PackTable = {
  /** The name of its files without .csv and .json. */
  readonly name: string;
  /** What one row is, for people. */
  readonly holds: string;
  readonly columns: readonly PackColumn[];
  /** From FROM on, without the order. `campaign` is an SQL literal. */
  readonly from: (campaign: string) => string;
  readonly orderBy: string;
};

export const text = (name: string, sql: string): PackColumn => ({ name, sql, kind: "text" });
export const plain = (name: string, sql: string): PackColumn => ({ name, sql, kind: "plain" });
export const flag = (name: string, sql: string): PackColumn => ({ name, sql, kind: "flag" });
export const list = (name: string, sql: string): PackColumn => ({ name, sql, kind: "list" });
/** A list of words of ours. */
export const words = (name: string, sql: string): PackColumn => ({ name, sql, kind: "words" });
export const json = (name: string, sql: string): PackColumn => ({ name, sql, kind: "json" });

/** RFC 3339 in UTC, from the server's own output: a third of what to_char costs. The transaction's TimeZone is UTC and its DateStyle ISO. */
export const iso = (sql: string): string => `replace((${sql})::text, ' ', 'T') || ':00'`;
export const instant = (name: string, sql: string): PackColumn => plain(name, iso(sql));
/** A date that may be never, unknown or not supported: the word stands where the instant would. */
export const moment = (name: string, kind: string, at: string): PackColumn =>
  plain(name, `CASE ${kind} WHEN 'value' THEN ${iso(at)} ELSE ${kind} END`);

/** The starts of csv.ts's FORMULA_START as code points: comparing one number costs a fifth of matching the pattern. A test holds the two together. */
export const FORMULA_CODES = [9, 10, 13, 43, 45, 61, 64, 0xff0b, 0xff0d, 0xff1d, 0xff20];
export const guarded = (sql: string): string =>
  `CASE WHEN ascii(${sql}) IN (${FORMULA_CODES.join(", ")}) THEN '''' || ${sql} ELSE ${sql} END`;

const csvValue = ({ name, kind }: PackColumn): string => {
  const column = `r."${name}"`;
  switch (kind) {
    case "plain":
      return `${column} AS "${name}"`;
    case "text":
      return `${guarded(column)} AS "${name}"`;
    case "flag":
      return `${column}::text AS "${name}"`;
    case "list":
      return `${guarded(`array_to_string(${column}, '; ')`)} AS "${name}"`;
    case "words":
      return `array_to_string(${column}, '; ') AS "${name}"`;
    case "json": // begins with a bracket or a brace
      return `nullif(${column}::text, 'null') AS "${name}"`;
  }
};

/** The rows as the JSON has them, in order. */
export const rowsSql = (table: PackTable, campaignId: string): string =>
  `SELECT ${table.columns.map(({ name, sql }) => `${sql} AS "${name}"`).join(", ")} ${table.from(literal(campaignId))} ORDER BY ${table.orderBy}`;

export const csvCopy = (table: PackTable, campaignId: string): string =>
  `COPY (SELECT ${table.columns.map(csvValue).join(", ")} FROM (${rowsSql(table, campaignId)}) r) TO STDOUT (FORMAT csv, HEADER true)`;

/** One record a line, each with a comma. Neither of the two control characters can stand in JSON, so nothing is ever quoted. */
export const jsonCopy = (table: PackTable, campaignId: string): string =>
  `COPY (SELECT row_to_json(r)::text || ',' FROM (${rowsSql(table, campaignId)}) r) TO STDOUT (FORMAT csv, DELIMITER E'\\x02', QUOTE E'\\x01')`;

/** COPY takes no parameters; an id has been parsed as one before it comes here. */
export function literal(id: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) throw new TypeError("No id.");
  return `'${id}'::uuid`;
}
