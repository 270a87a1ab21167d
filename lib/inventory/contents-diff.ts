export type DiffLine = { kind: "same" | "removed" | "added"; text: string };
/** Lines around a change that are kept to read it by. */
const CONTEXT = 3;
/** Beyond this many lines a comparison costs more than it tells; all of the old are then shown as removed, all of the new as added. */
const LIMIT = 2_000;

/** Contents as lines that can be compared: JSON is laid out, with its keys in order, so that only what it says counts. */
export function linesOfContents(contents: string | null): string[] {
  if (contents === null || contents === "") return [];
  try {
    return JSON.stringify(inOrder(JSON.parse(contents)), null, 2).split("\n");
  } catch {
    return contents.split("\n");
  }
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, held]) => [key, inOrder(held)]),
  );
}

/** What was taken out and what came in, by the longest common run of lines; runs without change are shortened to null. */
export function contentsDiff(before: string | null, after: string | null): (DiffLine | null)[] {
  return shortened(compared(linesOfContents(before), linesOfContents(after)));
}

function compared(before: readonly string[], after: readonly string[]): DiffLine[] {
  const removed = (text: string): DiffLine => ({ kind: "removed", text });
  const added = (text: string): DiffLine => ({ kind: "added", text });
  if (before.length > LIMIT || after.length > LIMIT) return [...before.map(removed), ...after.map(added)];
  const common = commonLengths(before, after);
  const lines: DiffLine[] = [];
  let [at, to] = [0, 0];
  while (at < before.length || to < after.length) {
    const [old, fresh] = [before[at], after[to]];
    if (old !== undefined && old === fresh) {
      lines.push({ kind: "same", text: old });
      at += 1;
      to += 1;
    } else if (old !== undefined && (fresh === undefined || (common[at + 1]?.[to] ?? 0) >= (common[at]?.[to + 1] ?? 0))) {
      lines.push(removed(old));
      at += 1;
    } else {
      lines.push(added(fresh ?? ""));
      to += 1;
    }
  }
  return lines;
}

/** common[at][to]: the longest common subsequence of what follows. */
function commonLengths(before: readonly string[], after: readonly string[]): Uint32Array[] {
  const common = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1));
  for (let at = before.length - 1; at >= 0; at -= 1)
    for (let to = after.length - 1; to >= 0; to -= 1) {
      const row = common[at] as Uint32Array;
      const below = common[at + 1] as Uint32Array;
      row[to] = before[at] === after[to] ? (below[to + 1] ?? 0) + 1 : Math.max(below[to] ?? 0, row[to + 1] ?? 0);
    }
  return common;
}

function shortened(lines: readonly DiffLine[]): (DiffLine | null)[] {
  const isNear = (at: number) => lines.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some(({ kind }) => kind !== "same");
  const kept: (DiffLine | null)[] = [];
  for (const [at, line] of lines.entries()) {
    if (isNear(at)) kept.push(line);
    else if (kept.at(-1) !== null) kept.push(null);
  }
  return kept;
}
