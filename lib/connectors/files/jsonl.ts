import { FileError, type FileErrorCode } from "./errors.ts";
import { brokenAt, duplicateKey } from "./json-keys.ts";
import type { Limits } from "./limits.ts";

/** A cell is text; in JSON Lines an array is a list of parts. */
export type Cell = string | readonly string[];

/** One object, flattened: "name.givenName" is a path. For the other members see CsvRow. */
export type JsonRow = { line: number; nextLine: number; fields: Map<string, Cell>; end: number };

/** JSON Lines by pushes of text: one object a line, blank lines skipped. `column` of an error is the character within the line. */
export class JsonLinesScanner {
  #pending = "";
  #line: number;
  readonly #file: string;
  readonly #limits: Limits;

  constructor(file: string, limits: Limits, line = 1) {
    this.#file = file;
    this.#limits = limits;
    this.#line = line;
  }

  get place() {
    return { line: this.#line, column: this.#pending.length + 1 };
  }

  /** Adds the rows that end in `text`; those before an error are in `rows` when it is thrown. */
  push(text: string, rows: JsonRow[]): void {
    let from = 0;
    for (const { index, 0: lineBreak } of text.matchAll(/\r\n|\n|\r/g)) {
      const line = this.#pending + text.slice(from, index);
      this.#pending = "";
      from = index + lineBreak.length;
      this.#take(line, from, rows);
      this.#line += 1;
    }
    this.#pending += text.slice(from);
    if (this.#pending.length > this.#limits.recordCharacters) {
      const sentence = `this line is longer than ${this.#limits.recordCharacters / 1024 ** 2} Mi characters.`;
      throw new FileError("record_too_large", this.#file, { line: this.#line }, sentence);
    }
  }

  finish(rows: JsonRow[]): void {
    this.#take(this.#pending, 0, rows);
  }

  #take(text: string, end: number, rows: JsonRow[]): void {
    if (text.trim() === "") return;
    const value = this.#parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw this.#error("not_an_object", 1, `each line must be one JSON object ({…}), and this one is ${nameOf(value)}.`);
    }
    const twice = duplicateKey(text);
    if (twice) throw this.#error("duplicate_key", twice.at + 1, "a name stands twice in one object, and only one value could be kept.");
    const fields = new Map<string, Cell>();
    this.#flatten(value, "", 1, fields);
    if (fields.size > this.#limits.columns)
      throw this.#error("too_many_columns", 1, `more than ${this.#limits.columns} values in one object.`);
    rows.push({ line: this.#line, nextLine: this.#line + 1, fields, end });
  }

  /** Numbers stay as they are written: an id above 2^53 would otherwise become another one. */
  #parse(text: string): unknown {
    try {
      return JSON.parse(text, (_key: string, value: unknown, context?: { source?: string }) =>
        typeof value === "number" ? (context?.source ?? String(value)) : value,
      );
    } catch (cause) {
      if (cause instanceof RangeError) throw this.#error("too_deep", 1, `values nested more than ${this.#limits.depth} deep.`);
      // V8's message quotes the line, which may hold what must not be shown.
      throw this.#error("bad_json", brokenAt(text) + 1, "this is not JSON. Each line must be one whole object.");
    }
  }

  #flatten(object: object, prefix: string, depth: number, fields: Map<string, Cell>): void {
    if (depth > this.#limits.depth) throw this.#error("too_deep", 1, `objects nested more than ${this.#limits.depth} deep.`);
    for (const [key, value] of Object.entries(object)) {
      const path = prefix + key;
      if (!path.isWellFormed() || path.includes("\0")) throw this.#badText(path, path);
      if (Array.isArray(value)) this.#flattenList(value, path, depth, fields);
      else if (typeof value === "object" && value !== null) this.#flatten(value, `${path}.`, depth + 1, fields);
      else this.#put(fields, path, this.#text(value, path));
    }
  }

  /** A list of values is one cell of many parts; a list of objects is one such cell per path ("groups.display"). */
  #flattenList(list: readonly unknown[], path: string, depth: number, fields: Map<string, Cell>): void {
    const parts = new Map<string, string[]>();
    const plain: string[] = [];
    for (const value of list) {
      if (typeof value === "object" && value !== null) {
        const inner = new Map<string, Cell>();
        this.#flatten(value, `${path}.`, depth + 1, inner);
        for (const [name, cell] of inner) {
          const list = parts.get(name) ?? [];
          list.push(...(typeof cell === "string" ? [cell] : cell));
          parts.set(name, list);
        }
      } else plain.push(this.#text(value, path));
    }
    if (plain.length > 0 || parts.size === 0) this.#put(fields, path, plain);
    for (const [name, cell] of parts) this.#put(fields, name, cell);
  }

  /** {"a.b": 1, "a": {"b": 2}} names one path twice. */
  #put(fields: Map<string, Cell>, path: string, cell: Cell): void {
    if (fields.has(path))
      throw this.#error("duplicate_key", 1, "two names in one object make the same path, and only one value could be kept.");
    fields.set(path, cell);
  }

  #text(value: unknown, path: string): string {
    const text = value === null ? "" : String(value);
    if (text.length > this.#limits.cellCharacters) {
      throw this.#error("cell_too_large", 1, `a value is longer than ${this.#limits.cellCharacters / 1024 ** 2} Mi characters.`, path);
    }
    if (!text.isWellFormed() || text.includes("\0")) throw this.#badText(text, path);
    return text;
  }

  #badText(text: string, path: string): FileError {
    if (text.includes("\0")) return this.#error("nul", 1, "a value holds a NUL character (\\u0000). Remove it at the source.", path);
    return this.#error("lone_surrogate", 1, "a value holds half a character (a lone \\ud800 to \\udfff). Export it again as UTF-8.", path);
  }

  #error(code: FileErrorCode, column: number, sentence: string, columnName?: string): FileError {
    return new FileError(code, this.#file, { line: this.#line, column, columnName }, sentence);
  }
}

const nameOf = (value: unknown) =>
  Array.isArray(value) ? "a list. Write each record on a line of its own" : value === null ? "null" : `a ${typeof value}`;
