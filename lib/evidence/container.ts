/*
 * The container of a pack: a ZIP whose every byte follows from the names and contents of its entries. Entries are stored, not compressed,
 * in order of name, with a fixed time, without comments, descriptors or extra fields (but ZIP64's, exactly where a size needs it). So a
 * pack can be rebuilt from its entries, and a flipped bit in a header is seen like one in a file.
 */

const U16 = 0xffff;
const U32 = 0xffffffff;
const LOCAL = { signature: 0x04034b50, bytes: 30 } as const;
const CENTRAL = { signature: 0x02014b50, bytes: 46 } as const;
const VERSION = 20;
const VERSION_ZIP64 = 45;
/** Made on Unix; a plain file that everyone may read. */
const MADE_BY = 3 << 8;
const ATTRIBUTES = 0o100644 * 0x10000;
/** 1980-01-01 00:00, the first instant that a ZIP can say. */
const DOS_DATE = 0x21;

/** One file of a pack. The checksum stands before the bytes, so each file is read once before the container is written. */
export type Entry = { readonly name: string; readonly size: number; readonly crc32: number };
export type ReadableEntry = Entry & { open(): AsyncIterable<Uint8Array> };

/** Names that mean the same on every file system and never leave the folder they are unpacked into. */
export function isEntryName(name: string): boolean {
  return name.length <= 200 && /^[A-Za-z0-9_][A-Za-z0-9._-]*(\/[A-Za-z0-9_][A-Za-z0-9._-]*)*$/.test(name) && !/\.(\/|$)/.test(name);
}

/** Entries in the order of the container. Refuses names that are unsafe or that differ by case only. */
export function inOrder<T extends Entry>(entries: readonly T[]): T[] {
  const folded = new Set<string>();
  for (const { name } of entries) {
    if (!isEntryName(name)) throw new TypeError(`"${name}" cannot be the name of a file in a pack.`);
    if (folded.has(name.toLowerCase())) throw new TypeError(`Two files of a pack are called ${name}.`);
    folded.add(name.toLowerCase());
  }
  return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** The container's bytes. Fails when a file is not what its entry says, since the checksum is already written by then. */
export async function* containerBytes(unordered: readonly ReadableEntry[]): AsyncGenerator<Uint8Array> {
  const entries = inOrder(unordered);
  for (const entry of entries) {
    yield localHeader(entry);
    let left = entry.size;
    for await (const chunk of entry.open()) {
      left -= chunk.length;
      if (left < 0) break;
      yield chunk;
    }
    if (left !== 0) throw new Error(`${entry.name} changed while the pack was written.`);
  }
  yield directory(entries);
}

export function localHeader({ name, size, crc32 }: Entry): Buffer {
  const wide = size >= U32;
  const fixed = Buffer.alloc(LOCAL.bytes);
  let at = fixed.writeUInt32LE(LOCAL.signature, 0);
  at = fixed.writeUInt16LE(wide ? VERSION_ZIP64 : VERSION, at);
  at = writeCommon(fixed, at, { size, crc32 });
  at = fixed.writeUInt16LE(name.length, at);
  fixed.writeUInt16LE(wide ? 20 : 0, at);
  return Buffer.concat([fixed, Buffer.from(name, "latin1"), wide ? zip64Extra([size, size]) : Buffer.alloc(0)]);
}

/** The central directory and what ends the file, for entries already in order. */
export function directory(entries: readonly Entry[]): Buffer {
  let offset = 0;
  const headers = entries.map((entry) => {
    const header = centralHeader(entry, offset);
    offset += localHeader(entry).length + entry.size;
    return header;
  });
  const central = Buffer.concat(headers);
  const [count, size] = [entries.length, central.length];
  const wide = count >= U16 || size >= U32 || offset >= U32;
  const end = Buffer.alloc(22);
  let at = end.writeUInt32LE(0x06054b50, 0);
  at = end.writeUInt32LE(0, at); // one disk only
  at = end.writeUInt16LE(Math.min(count, U16), at);
  at = end.writeUInt16LE(Math.min(count, U16), at);
  at = end.writeUInt32LE(Math.min(size, U32), at);
  end.writeUInt32LE(Math.min(offset, U32), at); // and no comment
  return Buffer.concat([central, wide ? zip64End(count, size, offset) : Buffer.alloc(0), end]);
}

function centralHeader({ name, size, crc32 }: Entry, offset: number): Buffer {
  const wide = [...(size >= U32 ? [size, size] : []), ...(offset >= U32 ? [offset] : [])];
  const extra = wide.length > 0 ? zip64Extra(wide) : Buffer.alloc(0);
  const version = wide.length > 0 ? VERSION_ZIP64 : VERSION;
  const fixed = Buffer.alloc(CENTRAL.bytes);
  let at = fixed.writeUInt32LE(CENTRAL.signature, 0);
  at = fixed.writeUInt16LE(MADE_BY | version, at);
  at = fixed.writeUInt16LE(version, at);
  at = writeCommon(fixed, at, { size, crc32 });
  at = fixed.writeUInt16LE(name.length, at);
  at = fixed.writeUInt16LE(extra.length, at);
  at += 6; // no comment, disk 0, internal attributes 0
  at = fixed.writeUInt32LE(ATTRIBUTES, at);
  fixed.writeUInt32LE(Math.min(offset, U32), at);
  return Buffer.concat([fixed, Buffer.from(name, "latin1"), extra]);
}

/** Flags, method, time, date, checksum and sizes: the same in both headers. */
function writeCommon(target: Buffer, start: number, { size, crc32 }: { size: number; crc32: number }): number {
  let at = target.writeUInt32LE(0, start); // no flags, stored
  at = target.writeUInt16LE(0, at);
  at = target.writeUInt16LE(DOS_DATE, at);
  at = target.writeUInt32LE(crc32, at);
  at = target.writeUInt32LE(Math.min(size, U32), at);
  return target.writeUInt32LE(Math.min(size, U32), at);
}

function zip64Extra(values: readonly number[]): Buffer {
  const extra = Buffer.alloc(4 + 8 * values.length);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(8 * values.length, 2);
  values.forEach((value, position) => {
    extra.writeBigUInt64LE(BigInt(value), 4 + 8 * position);
  });
  return extra;
}

function zip64End(count: number, size: number, offset: number): Buffer {
  const end = Buffer.alloc(76);
  end.writeUInt32LE(0x06064b50, 0);
  end.writeBigUInt64LE(44n, 4);
  end.writeUInt16LE(MADE_BY | VERSION_ZIP64, 12);
  end.writeUInt16LE(VERSION_ZIP64, 14);
  end.writeBigUInt64LE(BigInt(count), 24);
  end.writeBigUInt64LE(BigInt(count), 32);
  end.writeBigUInt64LE(BigInt(size), 40);
  end.writeBigUInt64LE(BigInt(offset), 48);
  end.writeUInt32LE(0x07064b50, 56);
  end.writeBigUInt64LE(BigInt(offset + size), 64);
  end.writeUInt32LE(1, 72);
  return end;
}
