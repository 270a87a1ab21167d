import type { StreamRecord } from "#lib/inventory/streams.ts";

const ESCAPED = /[\\\n\r\t\b\f\v]/g;
const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\b": "\\b",
  "\f": "\\f",
  "\v": "\\v",
};
const UNSTORABLE = /\0/g;

/**
 * Records as lines of COPY's text format, exactly as PostgreSQL itself would write them, so that a page read back has the same digest.
 * Empty text is null. NUL and lone surrogates, which no database holds, become the replacement character: connectors were to clean them.
 */
export function copyText(page: number, columns: readonly string[], records: readonly StreamRecord[]): string {
  let text = "";
  for (const record of records) {
    text += page;
    for (const column of columns) {
      const value = record[column];
      text += value === null || value === undefined || value === "" ? "\t\\N" : `\t${escaped(value)}`;
    }
    text += "\n";
  }
  return text;
}

const escaped = (value: string): string =>
  value
    .toWellFormed()
    .replace(UNSTORABLE, "\u{FFFD}")
    .replace(ESCAPED, (found) => ESCAPES[found] ?? found);
