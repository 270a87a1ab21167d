import { type Column, columnsOf, keyOf, STREAM_NAMES, type Stream } from "#lib/inventory/streams.ts";

/**
 * From the description of the streams to the columns of staging and of the live tables, and to the SQL that reads one as the other. `s` is
 * a staged row, `t` a live one.
 */

/** Streams in the order that references need: what is pointed at comes first. */
export const IN_ORDER: readonly Stream[] = STREAM_NAMES;
export type RecordStream = Exclude<Stream, "grants">;

export const stagedColumns = (stream: Stream): string[] => Object.keys(columnsOf(stream));

/** A column of the live table, with the SQL of its value in a staged row. */
export type LiveColumn = { name: string; value: string; isVolatile: boolean };

const WORDS = "('never', 'unknown', 'not_supported')";

/** Whether a cast is guarded. Unguarded it costs half, and fails the statement at the first date that does not exist. */
export type Trust = "trusting" | "careful";

const cast = (text: string, type: string, trust: Trust): string =>
  trust === "trusting" ? `${text}::${type}` : `CASE WHEN is_instant(${text}) THEN ${text}::${type} END`;

/**
 * An instant out of text, null for everything that is none. The form that nearly every export has is recognised by LIKE, which costs a
 * twentieth of the regular expression that decides the rest.
 */
const instant = (text: string, trust: Trust): string =>
  `CASE WHEN ${text} LIKE '____-__-__T__:__:__Z' AND ${text} NOT LIKE '% %' THEN ${cast(text, "timestamptz(3)", trust)}
    WHEN ${text} IN ${WORDS} THEN NULL
    WHEN ${text} ~* '^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?(Z|[+-]([01][0-9]|2[0-3])(:?[0-5][0-9])?))?$'
      THEN ${cast(text, "timestamptz(3)", trust)} END`;

const day = (text: string, trust: Trust): string =>
  `CASE WHEN ${text} ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' THEN ${cast(text, "date", trust)} END`;

/** What a staged column gives besides itself, computed once for each row: `<column>_at`, `<column>_on`. */
export function parsedColumns(stream: Stream, trust: Trust): string[] {
  return entries(stream).flatMap(([name, column]) => {
    if (column.kind === "moment") return [`${instant(`s.${name}`, trust)} AS ${name}_at`];
    if (column.kind === "day") return [`${day(`s.${name}`, trust)} AS ${name}_on`];
    return [];
  });
}

/** The live columns of a stream but ids and run columns, as expressions over a staged row with its parsed columns. */
export function liveColumns(stream: Stream): LiveColumn[] {
  const key = new Set(keyOf(stream));
  return entries(stream).flatMap(([name, column]) => (stream === "grants" && key.has(name) ? [] : columnsFor(name, column)));
}

function columnsFor(name: string, column: Column): LiveColumn[] {
  switch (column.kind) {
    case "text":
    case "reference":
      return [{ name, value: `s.${name}`, isVolatile: false }];
    case "vocabulary":
      return [{ name, value: `coalesce(s.${name}, '${column.whenAbsent}')`, isVolatile: false }];
    case "moment": {
      const isVolatile = column.isVolatile === true;
      const kind = `CASE WHEN s.${name}_at IS NOT NULL THEN 'value' ELSE coalesce(s.${name}, 'unknown') END`;
      return [
        { name: `${name}_kind`, value: kind, isVolatile },
        { name: `${name}_at`, value: `s.${name}_at`, isVolatile },
      ];
    }
    case "day":
      return [{ name, value: `s.${name}_on`, isVolatile: false }];
  }
}

export type Check = { column: string; reason: string; isBad: string };

/** B-tree entries have a limit, and no identifier needs this much. */
const KEY_BYTES = 1000;

/** Why a staged row cannot be kept, each as a condition; the first that holds names the row's reason. References come separately. */
export function valueChecks(stream: Stream): Check[] {
  return entries(stream).flatMap(([name, column]): Check[] => {
    const checks: Check[] = [];
    if ("required" in column) checks.push({ column: name, reason: "is required", isBad: `s.${name} IS NULL` });
    if (column.kind === "vocabulary") {
      const values = column.values.map((value) => `'${value}'`).join(", ");
      checks.push({ column: name, reason: `is none of ${column.values.join(", ")}`, isBad: `s.${name} NOT IN (${values})` });
    }
    if (column.kind === "moment") {
      const reason = "is no ISO 8601 instant with a zone, no date, and none of never, unknown, not_supported";
      checks.push({ column: name, reason, isBad: `s.${name}_at IS NULL AND s.${name} NOT IN ${WORDS}` });
    }
    if (column.kind === "day") {
      checks.push({ column: name, reason: "is no ISO 8601 date", isBad: `s.${name}_on IS NULL AND s.${name} IS NOT NULL` });
    }
    if (stream !== "grants" && name === "external_id") {
      checks.push({ column: name, reason: `is longer than ${KEY_BYTES} bytes`, isBad: `octet_length(s.${name}) > ${KEY_BYTES}` });
    }
    return checks;
  });
}

export type Reference = { column: string; to: Stream; idColumn: string; isRequired: boolean };

/** References to other streams: told, they must lead to a record of the same source. */
export const outwardReferences = (stream: Stream): Reference[] => references(stream).filter(({ to }) => to !== stream);

/** References within a stream (manager, sponsor, parent) may lead outside what the source shows: the text is kept, the id stays empty. */
export const inwardReferences = (stream: Stream): Reference[] => references(stream).filter(({ to }) => to === stream);

function references(stream: Stream): Reference[] {
  if (stream === "grants") return [];
  return entries(stream).flatMap(([name, column]) =>
    column.kind === "reference" ? [{ column: name, to: column.to, idColumn: `${name}_id`, isRequired: "required" in column }] : [],
  );
}

const entries = (stream: Stream): [string, Column][] => Object.entries(columnsOf(stream));
