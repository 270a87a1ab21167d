import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { LOG_LIMITS, type LogLimits, logBytes } from "./log-bytes.ts";
import { logRecords } from "./log-records.ts";

const one = { eventID: "1", text: 'a "quoted" \\ backslash\\\\" } ] {' };
const log = (records: unknown[]) => Buffer.from(JSON.stringify({ Records: records }));
const pieces = (bytes: Buffer, size: number) =>
  Readable.from(Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size)));

async function read(bytes: Buffer, size = bytes.length || 1, limits: LogLimits = LOG_LIMITS) {
  const { chunks, sent } = logBytes("trail.json", pieces(bytes, size), limits);
  const values: unknown[] = [];
  for await (const { value } of logRecords("trail.json", chunks)) values.push(value);
  return { values, ...sent() };
}

describe("a log", () => {
  it.each([1, 2, 3, 7, 64])("is read alike in pieces of %i bytes", async (size) => {
    const records = [one, { nested: [[{}], { deep: "}]" }] }, { text: "ünïcödé 🙂" }];
    expect((await read(log(records), size)).values).toEqual(records);
    expect((await read(gzipSync(log(records)), size)).values).toEqual(records);
  });

  it("may hold no record, white space and line breaks", async () => {
    expect((await read(Buffer.from(' \n{ "Records" :\r\n[ ] }\n'))).values).toEqual([]);
    expect((await read(Buffer.from('{"Records":[\n{"a":1}\n,\n{"b":2}\n]\n}\n'))).values).toEqual([{ a: 1 }, { b: 2 }]);
  });

  it("tells the digest and size of what was sent, packed as it came", async () => {
    const packed = gzipSync(log([one]));
    expect(await read(packed, 5)).toMatchObject({ bytes: packed.length, sha256: createHash("sha256").update(packed).digest("hex") });
  });

  it("of several gzip members is one log", async () => {
    const bytes = log([one, one]);
    const packed = Buffer.concat([gzipSync(bytes.subarray(0, 20)), gzipSync(bytes.subarray(20))]);
    expect((await read(packed)).values).toHaveLength(2);
  });
});

it.each<[string, Buffer, RegExp]>([
  ["that is empty", Buffer.alloc(0), /empty/],
  ["that is one byte", Buffer.from("{"), /cut short/],
  ["that is a list", Buffer.from("[]"), /line 1, column 1: a CloudTrail log begins/],
  ["with another key", Buffer.from('{"digestPublicKeyFingerprint":1}'), /line 1, column 2: this is no CloudTrail log/],
  ["that ends in a record", Buffer.from('{"Records":[{"a":1},\n{"b":'), /line 2, column 6: the file is cut short/],
  ["that ends in a string", Buffer.from('{"Records":[{"a":"never closed'), /cut short/],
  ["that ends after a record", Buffer.from('{"Records":[{"a":1}'), /line 1, column 20: the file is cut short/],
  ["whose record is no JSON", Buffer.from('{"Records":[\n  {"a": tru}]}'), /line 2, column 3: the record that begins here is not JSON/],
  ["whose record is a number", Buffer.from('{"Records":[1]}'), /line 1, column 13: a record has to be an object/],
  ["without a comma", Buffer.from('{"Records":[{} {}]}'), /line 1, column 16: a comma/],
  ["with a comma too many", Buffer.from('{"Records":[{},]}'), /a record has to be an object/],
  ["with something behind it", Buffer.from('{"Records":[]} x'), /line 1, column 16: something follows/],
  ["that is not UTF-8", Buffer.concat([Buffer.from('{"Records":[{"a":"'), Buffer.from([0xff]), Buffer.from('"}]}')]), /not UTF-8/],
  ["nested without end", Buffer.from(`{"Records":[${'{"a":'.repeat(200)}1${"}".repeat(200)}]}`), /nests deeper/],
  ["that is UTF-16", Buffer.from("\ufeff{}", "utf16le"), /UTF-16/],
  ["that is a ZIP archive", Buffer.from([0x50, 0x4b, 3, 4, 0, 0]), /ZIP archive/],
  ["that is packed twice", gzipSync(gzipSync(log([one]))), /compressed twice/],
  ["that is a cut gzip file", gzipSync(log([one, one])).subarray(0, 40), /gzip file is cut short/],
  ["that is a damaged gzip file", Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.alloc(40, 7)]), /gzip file is damaged/],
])("a log %s is refused whole, with its place", async (_name, bytes, message) => {
  await expect(read(bytes)).rejects.toThrow(message);
  await expect(read(bytes, 3)).rejects.toMatchObject({ code: "INVALID" });
  await expect(read(bytes)).rejects.toMatchObject({ code: "INVALID", message: expect.stringContaining("Nothing of this file was kept.") });
});

describe("a log that would fill the machine", () => {
  const blank = gzipSync(Buffer.alloc(4 * 1024 ** 2, 32));
  it.each<[string, Partial<LogLimits>, RegExp]>([
    ["by unpacking", { inflationFreeBytes: 1024 ** 2 }, /200 times its size/],
    ["unpacked", { bytes: 1024 ** 2 }, /more than is taken at once/],
    ["as sent", { sentBytes: 1000 }, /too large/],
  ])("%s is refused", async (_name, limits, message) => {
    await expect(read(blank, 1000, { ...LOG_LIMITS, ...limits })).rejects.toMatchObject({
      code: "TOO_LARGE",
      message: expect.stringMatching(message),
    });
  });

  it("by one record without end is refused", async () => {
    const bytes = Buffer.concat([Buffer.from('{"Records":[{"a":"'), Buffer.alloc(6 * 1024 ** 2, 120)]);
    await expect(read(bytes, 256 * 1024)).rejects.toThrow(/a record is longer than 4 MiB/);
  });
});
