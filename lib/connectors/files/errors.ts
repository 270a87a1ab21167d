import { SourceError } from "#lib/connectors/contract.ts";

/** Stable codes of what can be wrong with a file. The message is for people, the code for tests, screens and scripts. */
export type FileErrorCode =
  | "missing"
  | "changed"
  | "empty"
  | "not_text"
  | "not_utf8"
  | "nul"
  | "lone_surrogate"
  | "bad_gzip"
  | "too_large"
  | "bomb"
  | "no_header"
  | "duplicate_column"
  | "too_many_columns"
  | "cell_too_large"
  | "record_too_large"
  | "unterminated_quote"
  | "stray_quote"
  | "cell_count"
  | "bad_json"
  | "not_an_object"
  | "duplicate_key"
  | "too_deep"
  | "missing_column"
  | "too_many_distinct"
  | "bad_cursor"
  /** Sound, but COPY would misread it: import it by the pages of the connector. */
  | "not_for_copy";

/** A place in a file, as a person finds it: lines and columns count from 1, bytes from 0. */
export type Place = { line?: number | undefined; column?: number | undefined; columnName?: string | undefined; byte?: number | undefined };

const counted = new Intl.NumberFormat("en-US");

/** "accounts.csv, line 1,204, column 17 (memberOf)" */
export function placeText(file: string, place: Place): string {
  const parts = [file];
  if (place.line !== undefined) parts.push(`line ${counted.format(place.line)}`);
  if (place.column !== undefined) {
    parts.push(`column ${counted.format(place.column)}${place.columnName ? ` (${printable(place.columnName, 60)})` : ""}`);
  }
  if (place.byte !== undefined) parts.push(`byte ${counted.format(place.byte)}`);
  return parts.join(", ");
}

/** A file that cannot be read as it is. Refuses the whole file: nothing of it is imported. */
export class FileError extends SourceError {
  readonly code: FileErrorCode;
  readonly place: Place;
  constructor(code: FileErrorCode, file: string, place: Place, sentence: string, options: { cause?: unknown } = {}) {
    const where = placeText(file, place);
    super(`${where}: ${sentence}`, { where, cause: options.cause });
    this.name = "FileError";
    this.code = code;
    this.place = place;
  }
}

/** What of `text` may be shown in one line: no control or direction characters, cut at `limit`. */
export function printable(text: string, limit = 40): string {
  const inert = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\u{FFFD}");
  return inert.length > limit ? `${inert.slice(0, limit)}…` : inert;
}

export const count = (value: number) => counted.format(value);
