import { isUtf8 } from "node:buffer";
import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { count, FileError, type FileErrorCode } from "./errors.ts";
import { LIMITS, type Limits } from "./limits.ts";
import { firstInvalidUtf8, unfinishedBytes } from "./utf8.ts";

/** A file in the data folder, by the name that its uploader gave it. The path is never shown. */
export type StoredFile = { name: string; path: string };

export type Compression = "none" | "gzip";

/** What the first bytes tell. `start` is where the text begins (3 after a byte order mark); offsets are of the decompressed bytes. */
export type Opened = { compression: Compression; start: 0 | 3; size: number; head: Buffer };

export type ReadOptions = { signal?: AbortSignal | undefined; limits?: Limits };

/**
 * Small on purpose: what is larger, as bytes or as the text made of them, lies where only a full collection frees it, so that a process grew by
 * 150 MiB over a long file. It costs no time.
 */
const CHUNK_BYTES = 32 * 1024;
const HEAD_BYTES = 64 * 1024;
const CR = 13;

/** Looks at the first bytes: compression, byte order mark, and everything that is not text at all. */
export async function openFile(file: StoredFile, options: ReadOptions = {}): Promise<Opened> {
  const { size } = await stat(file.path).catch((cause: unknown) => {
    throw missing(file, cause);
  });
  if (size === 0) throw new FileError("empty", file.name, {}, "the file is empty. Export it again, with a header row.");
  const compression = await compressionOf(file);
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of byteChunks(file, { compression, size }, 0, options)) {
    parts.push(chunk);
    length += chunk.length;
    if (length >= HEAD_BYTES) break;
  }
  const head = Buffer.concat(parts).subarray(0, HEAD_BYTES);
  if (head.length === 0) throw new FileError("empty", file.name, {}, "the file is empty. Export it again, with a header row.");
  const sentence = notText(head);
  if (sentence) throw new FileError("not_text", file.name, { byte: 0 }, sentence);
  const start = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
  if (head.length === start) throw new FileError("empty", file.name, {}, "the file is empty. Export it again, with a header row.");
  return { compression, start, size, head: head.subarray(start) };
}

/** The decompressed bytes from an offset on. Refuses what grows beyond the limits before it fills memory or disk. */
export async function* byteChunks(
  file: StoredFile,
  { compression, size }: Pick<Opened, "compression" | "size">,
  from: number,
  { signal, limits = LIMITS }: ReadOptions = {},
): AsyncGenerator<Buffer> {
  const isPlain = compression === "none";
  const source = createReadStream(file.path, { start: isPlain ? from : 0, highWaterMark: CHUNK_BYTES });
  const bytes = isPlain ? source : pipeline(source, createGunzip({ chunkSize: CHUNK_BYTES }), () => {});
  let position = isPlain ? from : 0;
  try {
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      signal?.throwIfAborted();
      const before = position;
      position += chunk.length;
      if (position > limits.bytes) throw tooLarge(file, limits.bytes);
      if (!isPlain && position > limits.inflationFreeBytes && position > size * limits.inflation) throw bomb(file, limits);
      if (position <= from) continue;
      yield before < from ? chunk.subarray(from - before) : chunk;
    }
  } catch (error) {
    throw readError(file, error);
  } finally {
    source.destroy();
    bytes.destroy();
  }
}

/** Text that ends where a character and a line break end; `byteStart` is the offset of its first byte. `broken` follows the text. */
export type TextChunk = { text: string; byteStart: number; broken?: { code: FileErrorCode; byte: number; sentence: string } };

export async function* textChunks(file: StoredFile, opened: Opened, from: number, options: ReadOptions = {}): AsyncGenerator<TextChunk> {
  let rest: Buffer = Buffer.alloc(0);
  let byteStart = Math.max(from, opened.start);
  for await (const chunk of byteChunks(file, opened, byteStart, options)) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const held = heldBack(bytes);
    const whole = bytes.subarray(0, bytes.length - held);
    const found = textOf(whole, byteStart);
    if (found.text !== "" || found.broken) yield found;
    if (found.broken) return;
    byteStart += whole.length;
    rest = bytes.subarray(whole.length);
  }
  if (rest.length > 0) yield textOf(rest, byteStart);
}

/** Bytes at the end that wait for the next chunk: an unfinished character, or a CR whose LF may follow. */
const heldBack = (bytes: Buffer) => unfinishedBytes(bytes) || (bytes.at(-1) === CR ? 1 : 0);

function textOf(bytes: Buffer, byteStart: number): TextChunk {
  const nul = bytes.indexOf(0);
  const invalid = isUtf8(bytes) ? -1 : firstInvalidUtf8(bytes);
  if (nul === -1 && invalid === -1) return { text: bytes.toString("utf8"), byteStart };
  const isNul = nul !== -1 && (invalid === -1 || nul < invalid);
  const at = isNul ? nul : invalid;
  const sentence = isNul
    ? "a NUL byte. Text holds none: the export is damaged, or is UTF-16 without a byte order mark. Export it as UTF-8."
    : 'bytes that are not UTF-8. Export the file as UTF-8 (in a spreadsheet: "CSV UTF-8").';
  const broken = { code: isNul ? ("nul" as const) : ("not_utf8" as const), byte: byteStart + at, sentence };
  return { text: bytes.toString("utf8", 0, at), byteStart, broken };
}

async function compressionOf(file: StoredFile): Promise<Compression> {
  const handle = await open(file.path).catch((cause: unknown) => {
    throw missing(file, cause);
  });
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b ? "gzip" : "none";
  } finally {
    await handle.close();
  }
}

/** What the first bytes say when they are no text that we read, with what to do about it. */
function notText(head: Buffer): string | null {
  const starts = (...bytes: number[]) => bytes.every((byte, index) => head[index] === byte);
  if (starts(0xff, 0xfe) || starts(0xfe, 0xff) || starts(0, 0, 0xfe, 0xff)) {
    return 'the file is UTF-16 or UTF-32. Export it as UTF-8 (in a spreadsheet: "CSV UTF-8").';
  }
  if (starts(0x50, 0x4b, 3, 4)) return "this is a ZIP archive or a spreadsheet. Save the sheet as CSV UTF-8 and upload that.";
  if (starts(0xd0, 0xcf, 0x11, 0xe0)) return "this is an old spreadsheet file. Save the sheet as CSV UTF-8 and upload that.";
  if (starts(0x28, 0xb5, 0x2f, 0xfd)) return "the file is compressed with zstd. Use gzip, or no compression.";
  if (starts(0x1f, 0x8b)) return "the file is compressed twice. Unpack it once and upload that.";
  const opening = head.toString("latin1", 0, 200).trimStart().toLowerCase();
  if (/^(<\?xml|<!doctype|<html)/.test(opening))
    return "this is a page or XML, not CSV or JSON Lines. Was a sign-in page downloaded in place of the export?";
  return null;
}

function readError(file: StoredFile, error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "Z_BUF_ERROR")
    return new FileError("bad_gzip", file.name, {}, "the gzip file is cut short. Upload it again.", { cause: error });
  if (typeof code === "string" && code.startsWith("Z_")) {
    return new FileError("bad_gzip", file.name, {}, "the gzip file is damaged. Compress it again and upload that.", { cause: error });
  }
  if (code === "ENOENT" || code === "EACCES" || code === "EISDIR") return missing(file, error);
  return error;
}

/** The cause is left out: its message holds the path. */
const missing = (file: StoredFile, error: unknown) => {
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
  return new FileError("missing", file.name, {}, `the stored file cannot be opened (${code}). Upload it again.`);
};

const tooLarge = (file: StoredFile, bytes: number) =>
  new FileError("too_large", file.name, {}, `more than ${count(bytes)} bytes. Split it into several files.`);

const bomb = (file: StoredFile, limits: Limits) =>
  new FileError(
    "bomb",
    file.name,
    {},
    `the gzip file unpacks to more than ${limits.inflation} times its size. Upload it without compression.`,
  );
