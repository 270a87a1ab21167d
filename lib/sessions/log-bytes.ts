import { createHash, type Hash } from "node:crypto";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { brokenLog, oversizedLog } from "./log-error.ts";

/** What one log may hold. Beyond these it is refused, so that memory and disk stay flat whatever is sent. */
export const LOG_LIMITS = {
  /** As sent. */
  sentBytes: 2 * 1024 ** 3,
  /** Unpacked. */
  bytes: 4 * 1024 ** 3,
  /** A gzip file that unpacks to more than this may not have grown by more than `inflation`. */
  inflationFreeBytes: 64 * 1024 ** 2,
  inflation: 200,
} as const;
export type LogLimits = { readonly [Name in keyof typeof LOG_LIMITS]: number };

const CHUNK_BYTES = 256 * 1024;

export type LogBytes = {
  /** The bytes, unpacked where they were packed. */
  chunks: AsyncIterable<Buffer>;
  /** SHA-256 and size of what was sent; whole once `chunks` ended. */
  sent: () => { sha256: string; bytes: number };
};

/** The bytes of a log that came packed or not; the first two say which. */
export function logBytes(file: string, source: Readable, limits: LogLimits = LOG_LIMITS): LogBytes {
  const counter = new Counter(file, limits);
  let digest: string | undefined;
  return {
    chunks: unpacked(file, source, counter, limits),
    sent: () => {
      digest ??= counter.hash.digest("hex");
      return { sha256: digest, bytes: counter.bytes };
    },
  };
}

class Counter {
  readonly hash: Hash = createHash("sha256");
  bytes = 0;
  readonly #file: string;
  readonly #limits: LogLimits;
  constructor(file: string, limits: LogLimits) {
    this.#file = file;
    this.#limits = limits;
  }
  see(chunk: Buffer): void {
    this.bytes += chunk.length;
    if (this.bytes > this.#limits.sentBytes) throw oversizedLog(this.#file, "the file is too large. Split it into several.");
    this.hash.update(chunk);
  }
}

async function* unpacked(file: string, source: Readable, counter: Counter, limits: LogLimits): AsyncGenerator<Buffer> {
  const { head, whole } = await begun(counted(source, counter));
  if (head.length === 0) throw brokenLog(file, null, "the file is empty.");
  const isPacked = head[0] === 0x1f && head[1] === 0x8b;
  const bytes: AsyncIterable<Buffer> = isPacked ? pipeline(whole, createGunzip({ chunkSize: CHUNK_BYTES }), () => {}) : whole;
  let size = 0;
  try {
    for await (const chunk of bytes) {
      if (size === 0) refuseOther(file, chunk);
      size += chunk.length;
      if (size > limits.bytes) throw oversizedLog(file, "it unpacks to more than is taken at once. Split it into several.");
      if (isPacked && size > limits.inflationFreeBytes && size > counter.bytes * limits.inflation)
        throw oversizedLog(file, `it unpacks to more than ${limits.inflation} times its size. Send it without compression.`);
      yield chunk;
    }
  } catch (error) {
    throw readError(file, error);
  } finally {
    whole.destroy();
    source.destroy();
  }
}

async function* counted(source: Readable, counter: Counter): AsyncGenerator<Buffer> {
  for await (const chunk of source as AsyncIterable<Uint8Array>) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    counter.see(bytes);
    yield bytes;
  }
}

/** The first bytes, two of them where there are two, and the whole again from its beginning. */
async function begun(chunks: AsyncGenerator<Buffer>): Promise<{ head: Buffer; whole: Readable }> {
  let head = Buffer.alloc(0);
  while (head.length < 2) {
    const { value, done } = await chunks.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  async function* again() {
    yield head;
    yield* chunks;
  }
  return { head, whole: Readable.from(again(), { objectMode: false, highWaterMark: CHUNK_BYTES }) };
}

/** What is no text at all is named, since "not JSON" would send people looking for a bracket. */
function refuseOther(file: string, head: Buffer): void {
  const starts = (...magic: number[]) => magic.every((byte, index) => head[index] === byte);
  if (starts(0x1f, 0x8b)) throw brokenLog(file, null, "the file is compressed twice. Unpack it once.");
  if (starts(0x50, 0x4b, 3, 4)) throw brokenLog(file, null, "this is a ZIP archive. Unpack it and send its files.");
  if (starts(0xff, 0xfe) || starts(0xfe, 0xff)) throw brokenLog(file, null, "the file is UTF-16. Send it as UTF-8.");
}

function readError(file: string, error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "Z_BUF_ERROR") return brokenLog(file, null, "the gzip file is cut short. Fetch it again.");
  if (typeof code === "string" && code.startsWith("Z_")) return brokenLog(file, null, "the gzip file is damaged. Fetch it again.");
  return error;
}
