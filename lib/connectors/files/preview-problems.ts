import { columnsOf, type Stream } from "#lib/inventory/streams.ts";
import type { ValueProblem } from "../values.ts";
import type { StoredFile } from "./bytes.ts";
import { type FileError, type FileErrorCode, placeText, printable } from "./errors.ts";
import type { Row } from "./reader.ts";

/** `error` refuses the file, `rejected` one record, `warning` nothing. */
export type PreviewProblem = {
  severity: "error" | "rejected" | "warning";
  code: FileErrorCode | "mapping" | "value" | "duplicate_record" | "invisible_character" | "unmapped";
  /** "accounts.csv, line 1,204, column 17 (memberOf)" */
  where: string;
  line: number | null;
  column: string | null;
  stream: Stream | null;
  message: string;
};

/** Direction marks and other characters that nobody sees let one name pass for another; they are kept, and said. */
export function invisibleCharacters(
  file: StoredFile,
  columns: readonly string[],
  rows: readonly Row[],
  excluded: ReadonlySet<string>,
): PreviewProblem[] {
  const message = "The cell holds characters that cannot be seen (direction marks or the like), so that one name can look like another.";
  return rows.flatMap(({ line, cells }) =>
    cells.flatMap((cell, index) => {
      const name = columns[index] ?? "";
      if (excluded.has(name) || !/[\p{Cf}\u202a-\u202e\u2066-\u2069]/u.test(String(cell))) return [];
      return [{ ...rowProblem(file, columns, "invisible_character", line, name, null, message), severity: "warning" as const }];
    }),
  );
}

export function rowProblem(
  file: StoredFile,
  columns: readonly string[],
  code: "value" | "duplicate_record" | "invisible_character",
  line: number,
  column: string | null,
  stream: Stream | null,
  message: string,
): PreviewProblem {
  const index = column === null ? -1 : columns.indexOf(column);
  const place = index === -1 ? { line } : { line, column: index + 1, columnName: column ?? undefined };
  return { severity: "rejected", code, where: placeText(file.name, place), line, column, stream, message };
}

export const fileProblem = (error: FileError): PreviewProblem => ({
  severity: "error",
  code: error.code,
  where: error.where ?? "",
  line: error.place.line ?? null,
  column: error.place.columnName ?? null,
  stream: null,
  message: error.message,
});

/** Why a record would be rejected, and what may stand there. */
export function problemSentence(stream: Stream, column: string, reason: ValueProblem["reason"], value: string | null): string {
  const shown = `"${printable(value ?? "")}"`;
  switch (reason) {
    case "required":
      return `${column} of ${stream} is required and is empty here.`;
    case "not_in_vocabulary": {
      const kind = columnsOf(stream)[column];
      const words = kind?.kind === "vocabulary" ? kind.values.join(", ") : "";
      return `${shown} is no ${column} that is known; say in the mapping which of these it means: ${words}.`;
    }
    case "not_a_moment":
      return `${shown} is no instant: write it as 2026-11-23T09:30:00Z or 2026-11-23, or never, unknown or not_supported.`;
    case "not_a_day":
      return `${shown} is no date: write it as 2026-11-23.`;
    case "unknown_column":
      return `${stream} have no column ${column}.`;
  }
}
