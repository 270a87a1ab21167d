const LF = 10;
const CR = 13;
/** COPY insists on a quote character; files that quote nothing get one that they must not hold. */
export const NO_QUOTE = "\u0001";
const END_MARKER = Buffer.from("\\.");

/**
 * Watches the bytes on their way to COPY for what COPY would take without a word and read otherwise than a person does: a quotation mark
 * inside a cell (COPY drops it), and a line of `\.` (before PostgreSQL 18 the rest of the file is thrown away). Everything else that is
 * broken COPY refuses by itself.
 */
export class CopyGuard {
  readonly #delimiter: number;
  readonly #quote: number;
  #isOpen = false;
  /** The last byte was a quote in a quoted cell: the end of the cell, or the first of a pair. */
  #mayBeClosed = false;
  #last = LF;
  #tail = "\n";

  constructor(delimiter: string, quote: string) {
    this.#delimiter = delimiter.charCodeAt(0);
    this.#quote = quote.charCodeAt(0);
  }

  /** False: these bytes must not reach COPY. Chunks come in order; a guard that said no is not asked again. */
  accepts(chunk: Buffer): boolean {
    if (chunk.length === 0) return true;
    const isSound = !this.#hasEndMarker(chunk) && this.#quotesAreSound(chunk);
    this.#last = chunk[chunk.length - 1] ?? LF;
    this.#tail = (this.#tail + chunk.toString("latin1", Math.max(0, chunk.length - 2))).slice(-2);
    return isSound;
  }

  /** `\.` at the start of a line, also where the chunks cut it in two. What follows it is not looked at: nobody's key starts so. */
  #hasEndMarker(chunk: Buffer): boolean {
    const seam = this.#tail + chunk.toString("latin1", 0, 3);
    if (/[\r\n]\\\./.test(seam)) return true;
    for (let at = chunk.indexOf(END_MARKER); at !== -1; at = chunk.indexOf(END_MARKER, at + 2)) {
      const before = at === 0 ? this.#last : chunk[at - 1];
      if (before === LF || before === CR) return true;
    }
    return false;
  }

  #quotesAreSound(chunk: Buffer): boolean {
    if (this.#quote === NO_QUOTE.charCodeAt(0)) return !chunk.includes(this.#quote);
    const { length } = chunk;
    let at = 0;
    if (this.#mayBeClosed) {
      this.#mayBeClosed = false;
      const byte = chunk[0] ?? 0;
      if (byte === this.#quote) at = 1;
      else if (this.#endsCell(byte)) this.#isOpen = false;
      else return false;
    }
    for (;;) {
      at = chunk.indexOf(this.#quote, at);
      if (at === -1) return true;
      if (!this.#isOpen) {
        if (!this.#endsCell(at === 0 ? this.#last : (chunk[at - 1] ?? 0))) return false;
        this.#isOpen = true;
        at += 1;
      } else if (at + 1 === length) {
        this.#mayBeClosed = true;
        return true;
      } else if (chunk[at + 1] === this.#quote) at += 2;
      else if (this.#endsCell(chunk[at + 1] ?? 0)) {
        this.#isOpen = false;
        at += 1;
      } else return false;
    }
  }

  #endsCell(byte: number): boolean {
    return byte === this.#delimiter || byte === LF || byte === CR;
  }
}
