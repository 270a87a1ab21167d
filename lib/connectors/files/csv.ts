import { FileError, type FileErrorCode } from "./errors.ts";
import type { Limits } from "./limits.ts";
import type { CsvFormat } from "./mapping.ts";

/** One row as the parser saw it: the line that it starts on, the line that follows it, and where it ends in the text pushed last. */
export type CsvRow = { line: number; nextLine: number; cells: string[]; end: number };

const LF = 10;
const CR = 13;
const MEBI = 1024 ** 2;

/**
 * RFC 4180 by pushes of text; LF, CRLF and CR end a row alike, blank lines are skipped. Rows come out as soon as they end, so nothing but
 * one unfinished row is held. Stricter than COPY on purpose: a quotation mark inside an unquoted cell is refused, because COPY drops it.
 * No push but the last may end with CR (bytes.ts sees to it): a CRLF must not be cut in two.
 */
export class CsvScanner {
  #mode: "cell start" | "plain" | "quoted" | "after quote" = "cell start";
  #cell = "";
  #cells: string[] = [];
  #length = 0;
  #line: number;
  #rowLine: number;
  #quoteLine = 0;
  #hasQuotes = false;
  readonly #file: string;
  readonly #limits: Limits;
  readonly #delimiter: number;
  readonly #quote: string;
  readonly #quoteCode: number;
  /** Names of the columns, for messages; set once the header is read. */
  columnNames: readonly string[] = [];

  constructor(file: string, format: Pick<CsvFormat, "delimiter" | "quote">, limits: Limits, line = 1) {
    this.#file = file;
    this.#limits = limits;
    this.#line = line;
    this.#rowLine = line;
    this.#delimiter = format.delimiter.charCodeAt(0);
    this.#quote = format.quote;
    this.#quoteCode = format.quote === "" ? -1 : format.quote.charCodeAt(0);
  }

  /** Where the scanner stands, for an error that somebody else found (a byte that is no UTF-8). */
  get place() {
    const column = this.#cells.length + 1;
    return { line: this.#line, column, columnName: this.columnNames[column - 1] };
  }

  /** Adds the rows that end in `text`; those before an error are in `rows` when it is thrown. */
  push(text: string, rows: CsvRow[]): void {
    const { length } = text;
    let at = 0;
    while (at < length) {
      if (this.#mode === "cell start") {
        if (text.charCodeAt(at) === this.#quoteCode) {
          this.#quoteLine = this.#line;
          this.#hasQuotes = true;
          this.#mode = "quoted";
          at += 1;
        } else this.#mode = "plain";
      }
      if (this.#mode === "plain") {
        const from = at;
        let code = -1;
        for (; at < length; at += 1) {
          code = text.charCodeAt(at);
          if (code === this.#delimiter || code === LF || code === CR || code === this.#quoteCode) break;
        }
        this.#keep(text, from, at);
        if (at === length) break;
        if (code === this.#quoteCode) throw this.#error("stray_quote", STRAY_QUOTE);
        at = this.#endCell(text, at, code, rows);
      } else if (this.#mode === "quoted") {
        const close = text.indexOf(this.#quote, at);
        const end = close === -1 ? length : close;
        this.#countLines(text, at, end);
        this.#keep(text, at, end);
        if (close === -1) break;
        at = close + 1;
        this.#mode = "after quote";
      } else if (this.#mode === "after quote") {
        const code = text.charCodeAt(at);
        if (code === this.#quoteCode) {
          this.#keep(this.#quote, 0, 1);
          at += 1;
          this.#mode = "quoted";
        } else if (code === this.#delimiter || code === LF || code === CR) at = this.#endCell(text, at, code, rows);
        else throw this.#error("stray_quote", TEXT_AFTER_QUOTE);
      }
    }
  }

  /** The last row, where the file does not end with a line break. */
  finish(rows: CsvRow[]): void {
    if (this.#mode === "quoted") throw this.#quoteError("unterminated_quote", "the quotation mark that opens here is never closed.");
    if (this.#mode !== "cell start" || this.#cells.length > 0) this.#endCell("", -1, LF, rows);
  }

  #keep(text: string, from: number, end: number): void {
    if (from === end) return;
    const part = text.slice(from, end);
    this.#cell = this.#cell === "" ? part : this.#cell + part;
    this.#length += part.length;
    if (this.#cell.length > this.#limits.cellCharacters) {
      const sentence = `this cell is longer than ${this.#limits.cellCharacters / MEBI} Mi characters.`;
      if (this.#mode !== "quoted") throw this.#error("cell_too_large", sentence);
      throw this.#quoteError("cell_too_large", `${sentence} Is the quotation mark that opens it never closed?`);
    }
    if (this.#length > this.#limits.recordCharacters) {
      throw this.#error("record_too_large", `this row is longer than ${this.#limits.recordCharacters / MEBI} Mi characters.`);
    }
  }

  /** Takes the cell that ends at `at`, and with it the row where a line break ends it; answers where the next cell starts. */
  #endCell(text: string, at: number, code: number, rows: CsvRow[]): number {
    if (this.#cells.length >= this.#limits.columns) {
      throw this.#error("too_many_columns", `more than ${this.#limits.columns} columns. Is the delimiter right?`);
    }
    this.#cells.push(this.#cell);
    this.#cell = "";
    this.#mode = "cell start";
    if (code === this.#delimiter) return at + 1;

    const end = at + (code === CR && text.charCodeAt(at + 1) === LF ? 2 : 1);
    const isBlank = this.#cells.length === 1 && this.#length === 0 && !this.#hasQuotes;
    this.#line += 1;
    if (!isBlank) rows.push({ line: this.#rowLine, nextLine: this.#line, cells: this.#cells, end });
    this.#rowLine = this.#line;
    this.#cells = [];
    this.#length = 0;
    this.#hasQuotes = false;
    return end;
  }

  #countLines(text: string, from: number, end: number): void {
    for (let at = from; at < end; at += 1) {
      const code = text.charCodeAt(at);
      if (code === LF || (code === CR && text.charCodeAt(at + 1) !== LF)) this.#line += 1;
    }
  }

  #error(code: FileErrorCode, sentence: string): FileError {
    return new FileError(code, this.#file, this.place, sentence);
  }

  #quoteError(code: FileErrorCode, sentence: string): FileError {
    return new FileError(code, this.#file, { ...this.place, line: this.#quoteLine }, sentence);
  }
}

const STRAY_QUOTE =
  'a quotation mark inside a cell that is not quoted. Quote the whole cell and double the mark (""), or choose "no quotes" if the file quotes nothing.';
const TEXT_AFTER_QUOTE = 'text after a closing quotation mark. A mark within a quoted cell must be doubled ("").';
