import { execFileSync, spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import { containerBytes, directory, inOrder, isEntryName, localHeader, type ReadableEntry } from "./container.ts";

const entryOf = (name: string, text: string): ReadableEntry => ({
  name,
  size: Buffer.byteLength(text),
  crc32: crc32(text),
  async *open() {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
  },
});
async function containerOf(entries: readonly ReadableEntry[]): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of containerBytes(entries)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
const hasPython = spawnSync("python3", ["--version"]).status === 0;
if (!hasPython) console.info("No python3 here: the container is not tried with an archiver of others.");
const files = { "items.csv": '"id"\r\n', "audit/events.jsonl": "{}\n", "README.txt": "", "b/c.txt": "x".repeat(1000) };
const entries = Object.entries(files).map(([name, text]) => entryOf(name, text));

describe("the container", () => {
  it("is the same bytes whatever the order and the chunks that files come in", async () => {
    const once = await containerOf(entries);
    const whole = entries.map((entry) => ({
      ...entry,
      open: async function* () {
        yield Buffer.from(files[entry.name as keyof typeof files]);
      },
    }));
    expect(Buffer.compare(once, await containerOf(whole.toReversed()))).toBe(0);
  });

  it.skipIf(!hasPython)("is read by an archiver that is not ours", async () => {
    const folder = await mkdtemp(join(tmpdir(), "countersign-zip-"));
    try {
      const file = join(folder, "a.zip");
      await writeFile(file, await containerOf(entries));
      const script =
        "import sys,zipfile,json; z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; " +
        "print(json.dumps([[i.filename, z.read(i).decode(), i.date_time, i.compress_type, oct(i.external_attr>>16)] for i in z.infolist()]))";
      const listed: unknown = JSON.parse(execFileSync("python3", ["-c", script, file], { encoding: "utf8" }));
      const sorted = Object.entries(files).toSorted(([a], [b]) => (a < b ? -1 : 1));
      expect(listed).toEqual(sorted.map(([name, text]) => [name, text, [1980, 1, 1, 0, 0, 0], 0, "0o100644"]));
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("fails rather than hold a file other than the one that was measured", async () => {
    const grown = { ...entryOf("a", "abc"), size: 2 };
    const shrunk = { ...entryOf("a", "abc"), size: 4 };
    await expect(containerOf([grown])).rejects.toThrow("changed while the pack was written");
    await expect(containerOf([shrunk])).rejects.toThrow("changed while the pack was written");
  });
});

describe("ZIP64 fields stand exactly where a number needs them", () => {
  const GIB = 1024 ** 3;
  const entry = (name: string, size: number) => ({ name, size, crc32: 1 });

  it("in no header below 4 GiB - 1", () => {
    expect(localHeader(entry("a", 4 * GIB - 2))).toHaveLength(31);
    expect(directory([entry("a", 1)])).toHaveLength(46 + 1 + 22);
  });

  it("in both headers of a file of 4 GiB - 1 or more", () => {
    const header = localHeader(entry("a", 4 * GIB - 1));
    expect([header.readUInt16LE(4), header.readUInt32LE(18), header.readUInt32LE(22), header.readUInt16LE(28)]).toEqual([
      45, 0xffffffff, 0xffffffff, 20,
    ]);
    expect([header.readUInt16LE(31), header.readUInt16LE(33), header.readBigUInt64LE(35), header.readBigUInt64LE(43)]).toEqual([
      1,
      16,
      4294967295n,
      4294967295n,
    ]);
    const central = directory([entry("a", 4 * GIB - 1)]);
    expect([central.readUInt16LE(6), central.readUInt16LE(30), central.readBigUInt64LE(51)]).toEqual([45, 20, 4294967295n]);
  });

  it("for the offset of a file beyond 4 GiB and in the end of the container", () => {
    const all = [entry("a", 3 * GIB), entry("b", 2 * GIB), entry("c", 5)];
    const bytes = directory(all);
    const third = bytes.subarray(2 * 47);
    expect([third.readUInt32LE(42), third.readUInt16LE(30), third.readUInt16LE(47), third.readUInt16LE(49)]).toEqual([
      0xffffffff, 12, 1, 8,
    ]);
    expect(third.readBigUInt64LE(51)).toBe(BigInt(5 * GIB + 2 * 31));
    const end = bytes.subarray(-98);
    expect([
      end.readUInt32LE(0),
      end.readBigUInt64LE(24),
      end.readBigUInt64LE(48),
      end.readUInt32LE(56),
      end.readUInt32LE(76 + 16),
    ]).toEqual([0x06064b50, 3n, BigInt(5 * GIB + 5 + 3 * 31), 0x07064b50, 0xffffffff]);
  });

  it("and for 65,535 files", () => {
    const many = Array.from({ length: 0xffff }, (_, index) => entry(String(index), 0));
    const end = directory(many).subarray(-98);
    expect([end.readBigUInt64LE(32), end.readUInt16LE(76 + 10)]).toEqual([65535n, 0xffff]);
  });
});

describe("names", () => {
  it.each(["README.txt", "audit/events.jsonl", "a-b_c.1", "x"])("%s may be in a pack", (name) => {
    expect(isEntryName(name)).toBe(true);
  });

  it.each([
    "",
    "/etc/passwd",
    "../up",
    "a/../b",
    "a/./b",
    "a//b",
    "a/",
    ".hidden",
    "a/.git",
    "a\\b",
    "C:a",
    "a b",
    "na\u00efve",
    "a\nb",
    "a.",
    "a./b",
    "-rf",
    "a".repeat(201),
  ])("%j may not", (name) => {
    expect(isEntryName(name)).toBe(false);
    expect(() => inOrder([{ name, size: 0, crc32: 0 }])).toThrow(TypeError);
  });

  it("may not differ by case only", () => {
    expect(() => inOrder(["a/B.txt", "A/b.txt"].map((name) => ({ name, size: 0, crc32: 0 })))).toThrow("Two files");
  });
});
