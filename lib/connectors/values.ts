import { type Column, columnsOf, type Stream, type StreamRecord } from "#lib/inventory/streams.ts";

/** Why a value cannot be kept as it is; ingest rejects the record, a preview says so before. */
export type ValueProblem = { column: string; reason: "required" | "not_in_vocabulary" | "not_a_moment" | "not_a_day" | "unknown_column" };

const MOMENT_WORDS = new Set(["never", "unknown", "not_supported"]);
const DAY = /^(\d{4})-(\d\d)-(\d\d)$/;
const INSTANT = /^(\d{4}-\d\d-\d\d)[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]([01]\d|2[0-3])(:?[0-5]\d)?)$/i;

/** All that is wrong with one record, in the order of its stream's columns. */
export function recordProblems(stream: Stream, record: StreamRecord): ValueProblem[] {
  const columns = columnsOf(stream);
  const problems = Object.entries(columns).flatMap(([column, kind]): ValueProblem[] => {
    const reason = valueProblem(kind, record[column] ?? null);
    return reason === null ? [] : [{ column, reason }];
  });
  const unknown = Object.keys(record).filter((column) => !Object.hasOwn(columns, column));
  return [...problems, ...unknown.map((column) => ({ column, reason: "unknown_column" as const }))];
}

/** Empty text counts as absent, as it does in staging. */
export function valueProblem(column: Column, value: string | null): ValueProblem["reason"] | null {
  if (value === null || value === "") return "required" in column ? "required" : null;
  switch (column.kind) {
    case "vocabulary":
      return column.values.includes(value) ? null : "not_in_vocabulary";
    case "moment":
      return isMoment(value) ? null : "not_a_moment";
    case "day":
      return isDay(value) ? null : "not_a_day";
    case "text":
    case "reference":
      return null;
  }
}

export function isMoment(value: string): boolean {
  if (MOMENT_WORDS.has(value) || isDay(value)) return true;
  const day = INSTANT.exec(value)?.[1];
  return day !== undefined && isDay(day);
}

/** A day that exists: no 30 February, no year 0. */
export function isDay(value: string): boolean {
  const [, year, month, day] = DAY.exec(value) ?? [];
  if (year === undefined || year === "0000") return false;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}
