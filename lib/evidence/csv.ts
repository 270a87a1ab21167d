/**
 * Starts that a spreadsheet takes for a formula, the full-width forms included that some locales fold to ASCII. Valid in JavaScript and in
 * PostgreSQL, so that rows exported by COPY are guarded by the same rule.
 */
export const FORMULA_START = "^[=+@\\t\\r\\n\uff1d\uff0b\uff0d\uff20-]";
const startsLikeFormula = new RegExp(FORMULA_START, "u");

export type CsvValue = string | number | bigint | boolean | null;

/** Spreadsheets run cells that start like a formula, and reviewers open evidence in spreadsheets. Null is an empty cell. */
export function csvCell(value: CsvValue): string {
  const text = value === null ? "" : String(value);
  const inert = startsLikeFormula.test(text) ? `'${text}` : text;
  return `"${inert.replaceAll('"', '""')}"`;
}

/** One record of RFC 4180. Every cell is quoted, so no value can end a cell or a line early. */
export const csvRow = (values: readonly CsvValue[]): string => `${values.map(csvCell).join(",")}\r\n`;
