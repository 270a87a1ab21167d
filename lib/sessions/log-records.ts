import { isUtf8 } from "node:buffer";
import { brokenLog, type Place } from "./log-error.ts";

/** One element of the log's array, parsed. `raw` is its text. */
export type LogRecord = { position: number; place: Place; value: unknown; raw: () => string };

/** CloudTrail caps an event at 256 KB; a record that goes on for longer is no record. */
const MAX_RECORD_BYTES = 4 * 1024 * 1024;
const MAX_DEPTH = 128;

const [QUOTE, BACKSLASH, OPEN, CLOSE, LIST, END, COMMA, COLON, LF] = [34, 92, 123, 125, 91, 93, 44, 58, 10];
const isSpace = (byte: number | undefined): boolean => byte === 32 || byte === LF || byte === 13 || byte === 9;
const KEY = Buffer.from('"Records"');

/**
 * The records of `{"Records": [ … ]}`, one at a time, so that memory holds one record whatever the file's size. Only the outer shape is read
 * here, byte by byte; each record is JSON.parse's. (The streaming parsers at hand are seven times slower, say nothing of where they failed, and
 * are not meant for hostile input.) Anything but this shape is refused with its place.
 */
export async function* logRecords(file: string, chunks: AsyncIterable<Buffer>): AsyncGenerator<LogRecord> {
  const reader = new ByteReader(file, chunks[Symbol.asyncIterator]());
  await reader.expect(OPEN, 'a CloudTrail log begins with {"Records": [');
  await reader.expectKey();
  await reader.expect(COLON, 'a colon has to follow "Records".');
  await reader.expect(LIST, '"Records" has to be a list.');
  let position = 0;
  if ((await reader.peek()) === END) reader.skip();
  else {
    for (;;) {
      position += 1;
      yield await reader.record(position);
      const next = await reader.peek();
      if (next !== COMMA && next !== END)
        throw reader.broken(next === undefined ? CUT : "a comma or the end of the list has to follow a record.");
      reader.skip();
      if (next === END) break;
    }
  }
  await reader.expect(CLOSE, "the log has to end after its list of records.");
  if ((await reader.peek()) !== undefined) throw reader.broken("something follows the end of the log.");
}

const CUT = "the file is cut short. Fetch it again.";

/** A window over the chunks that always holds the bytes not yet taken. */
class ByteReader {
  readonly #file: string;
  readonly #chunks: AsyncIterator<Buffer>;
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  #line = 1;
  /** Of the window's first byte, counting from 0. */
  #column = 0;

  constructor(file: string, chunks: AsyncIterator<Buffer>) {
    this.#file = file;
    this.#chunks = chunks;
  }

  /** Takes the bytes before `at` out of the window and adds the next chunk. False at the end. */
  async #more(): Promise<boolean> {
    const { value, done } = await this.#chunks.next();
    if (done) return false;
    this.#forget();
    this.#bytes = this.#bytes.length === 0 ? value : Buffer.concat([this.#bytes, value]);
    return true;
  }

  #forget(): void {
    const { line, column } = this.place();
    [this.#line, this.#column] = [line, column - 1];
    this.#bytes = this.#bytes.subarray(this.#at);
    this.#at = 0;
  }

  place(offset = 0): Place {
    const end = Math.max(0, this.#at + offset);
    let [line, start] = [this.#line, -this.#column];
    const before = this.#bytes.subarray(0, end);
    for (let found = before.indexOf(LF); found !== -1; found = before.indexOf(LF, found + 1)) {
      line += 1;
      start = found + 1;
    }
    return { line, column: end - start + 1 };
  }

  broken(sentence: string, offset = 0) {
    return brokenLog(this.#file, this.place(offset), sentence);
  }

  /** The next byte that is no white space; it is not taken. undefined at the end. */
  async peek(): Promise<number | undefined> {
    for (;;) {
      while (this.#at < this.#bytes.length && isSpace(this.#bytes[this.#at])) this.#at += 1;
      if (this.#at < this.#bytes.length) return this.#bytes[this.#at];
      if (!(await this.#more())) return undefined;
    }
  }

  skip(): void {
    this.#at += 1;
  }

  async expect(byte: number, sentence: string): Promise<void> {
    const found = await this.peek();
    if (found !== byte) throw this.broken(found === undefined ? CUT : sentence);
    this.skip();
  }

  async expectKey(): Promise<void> {
    await this.peek();
    while (this.#bytes.length - this.#at < KEY.length) if (!(await this.#more())) break;
    const found = this.#bytes.subarray(this.#at, this.#at + KEY.length);
    if (found.length < KEY.length && found.equals(KEY.subarray(0, found.length))) throw this.broken(CUT, found.length);
    if (!found.equals(KEY)) throw this.broken('this is no CloudTrail log: its first and only key is "Records".');
    this.#at += KEY.length;
  }

  /** The value that begins here, up to its last bracket. */
  async record(position: number): Promise<LogRecord> {
    if ((await this.peek()) !== OPEN) throw this.broken("a record has to be an object.");
    const scan: Scan = { at: 0, depth: 0, inString: false };
    for (;;) {
      const end = scanObject(this.#bytes.subarray(this.#at), scan);
      if (scan.depth > MAX_DEPTH) throw this.broken(`a record nests deeper than ${MAX_DEPTH} levels.`);
      if (end !== null) return this.#take(position, end);
      if (scan.at > MAX_RECORD_BYTES) throw this.broken(`a record is longer than ${MAX_RECORD_BYTES / 2 ** 20} MiB.`);
      if (!(await this.#more())) throw this.broken(CUT, this.#bytes.length - this.#at);
    }
  }

  #take(position: number, length: number): LogRecord {
    const bytes = this.#bytes.subarray(this.#at, this.#at + length);
    const place = this.place();
    if (!isUtf8(bytes)) throw this.broken("a record holds bytes that are not UTF-8.");
    const text = bytes.toString("utf8");
    const value = this.#parse(text);
    this.#at += length;
    this.#forget();
    return { position, place, value, raw: () => text };
  }

  /** V8 says where in the text only sometimes; the record's own beginning is a place that everybody finds. */
  #parse(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch {
      throw this.broken("the record that begins here is not JSON.");
    }
  }
}

type Scan = { at: number; depth: number; inString: boolean };

/**
 * Goes on from `scan.at`; the length of the object once its bracket is closed, null where the bytes end before. One plain loop: strings are
 * short, and a native search for each end costs more than it saves.
 */
function scanObject(bytes: Buffer, scan: Scan): number | null {
  let { at, depth, inString } = scan;
  const { length } = bytes;
  while (at < length) {
    if (inString) {
      let byte = bytes[at];
      while (byte !== QUOTE && at < length) {
        // What is escaped may lie in the next chunk: then `at` stands behind the end, and goes on from there.
        at += byte === BACKSLASH ? 2 : 1;
        byte = bytes[at];
      }
      if (at >= length) break;
      inString = false;
      at += 1;
      continue;
    }
    const byte = bytes[at];
    at += 1;
    if (byte === QUOTE) inString = true;
    else if (byte === OPEN || byte === LIST) depth += 1;
    else if (byte === CLOSE || byte === END) {
      depth -= 1;
      if (depth === 0) return at;
    }
    if (depth > MAX_DEPTH) break;
  }
  scan.at = at;
  scan.depth = depth;
  scan.inString = inString;
  return null;
}
