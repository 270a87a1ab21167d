import type { Expression, FileMapping, Target } from "#lib/connectors/files/mapping.ts";
import { columnsOf, type Stream } from "#lib/inventory/streams.ts";

/** Changes of a mapping while it is edited. Each answers with a new mapping; the server says what is wrong with it. */

const withTarget = (mapping: FileMapping, index: number, change: (target: Target) => Target): FileMapping => ({
  ...mapping,
  targets: mapping.targets.map((target, at) => (at === index ? change(target) : target)),
});

/** Where a column of a target comes from; null: the file does not tell. */
export const setSource = (mapping: FileMapping, index: number, column: string, from: Expression | null): FileMapping =>
  withTarget(mapping, index, (target) => {
    const { [column]: _before, ...others } = target.columns;
    return { ...target, columns: from === null ? others : { ...others, [column]: from } };
  });

/** What a word of the file means here; null: it passes as it stands. */
export function setMeaning(mapping: FileMapping, index: number, column: string, word: string, meaning: string | null): FileMapping {
  const from = mapping.targets[index]?.columns[column];
  if (!from || "constant" in from) return mapping;
  const { [word]: _before, ...others } = from.values ?? {};
  const values = meaning === null ? others : { ...others, [word]: meaning };
  const { values: _values, ...plain } = from;
  return setSource(mapping, index, column, Object.keys(values).length === 0 ? plain : { ...plain, values });
}

/** One more stream from the same file. Columns that bear our own names are taken over. */
export function addTarget(mapping: FileMapping, stream: Stream): FileMapping {
  const known = Object.keys(columnsOf(stream));
  const same = mapping.columns.filter((name) => known.includes(name) && !mapping.excluded.includes(name));
  const columns = Object.fromEntries(same.map((name): [string, Expression] => [name, { column: name }]));
  return { ...mapping, targets: [...mapping.targets, { stream, columns }] };
}

export const removeTarget = (mapping: FileMapping, index: number): FileMapping => ({
  ...mapping,
  targets: mapping.targets.filter((_target, at) => at !== index),
});

/** Takes a cell apart, one record for each part. What is named in passing (a group in an account's row) is yielded once. */
export const setSplit = (mapping: FileMapping, index: number, split: Target["split"] | null): FileMapping =>
  withTarget(mapping, index, ({ split: _before, ...target }) => {
    if (!split) return target;
    const names = target.stream !== "grants" && target.distinct === undefined ? { distinct: true } : {};
    return { ...target, ...names, split };
  });

export const setDistinct = (mapping: FileMapping, index: number, distinct: boolean): FileMapping =>
  withTarget(mapping, index, ({ distinct: _before, ...target }) => (distinct ? { ...target, distinct } : target));

export const setSkipWhenEmpty = (mapping: FileMapping, index: number, columns: string[]): FileMapping =>
  withTarget(mapping, index, ({ skipWhenEmpty: _before, ...target }) =>
    columns.length === 0 ? target : { ...target, skipWhenEmpty: columns },
  );

/** Leaves a column of the file unread, and whatever read it without a source; or lets it be read again. */
export function setExcluded(mapping: FileMapping, column: string, isExcluded: boolean): FileMapping {
  const others = mapping.excluded.filter((name) => name !== column);
  if (!isExcluded) return { ...mapping, excluded: others };
  const targets = mapping.targets.map(({ split, skipWhenEmpty, columns, ...target }): Target => {
    const skips = (skipWhenEmpty ?? []).filter((name) => name !== column);
    return {
      ...target,
      columns: Object.fromEntries(Object.entries(columns).filter(([, from]) => !columnsIn(from).includes(column))),
      ...(split && split.column !== column ? { split } : {}),
      ...(skips.length > 0 ? { skipWhenEmpty: skips } : {}),
    };
  });
  return { ...mapping, excluded: [...others, column], targets };
}

/** Columns of the file that an expression reads. */
export function columnsIn(from: Expression): string[] {
  if ("column" in from) return [from.column];
  if ("constant" in from) return [];
  return [...from.template.matchAll(/\{([^{}]+)\}/g)].flatMap(([, name]) => (name === undefined ? [] : [name]));
}

const COLUMN = "column:";

/** An expression as one choice of a list; column names can be anything, so they are marked. */
export function choiceOf(from: Expression | undefined): string {
  if (!from) return "";
  if ("column" in from) return COLUMN + from.column;
  return "constant" in from ? "constant" : "template";
}

/** The expression that a choice begins with. A change of column keeps the words: they are of the stream, not of the column. */
export function chosen(choice: string, before: Expression | undefined): Expression | null {
  if (choice === "") return null;
  const words = before && !("constant" in before) && before.values ? { values: before.values } : {};
  if (choice.startsWith(COLUMN)) return { column: choice.slice(COLUMN.length), ...words };
  if (choice === "constant") return { constant: "unknown" };
  const read = before ? columnsIn(before) : [];
  return { template: read.map((name) => `{${name}}`).join(" ") || "{}", ...words };
}
