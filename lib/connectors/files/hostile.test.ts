import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { locateError } from "./copy.ts";
import { csvFormat } from "./detect.ts";
import { FileError, type FileErrorCode } from "./errors.ts";
import { LIMITS } from "./limits.ts";
import type { FileFormat } from "./mapping.ts";
import { previewFile } from "./preview.ts";
import { openRows } from "./reader.ts";
import { temporaryFiles } from "./sample-files.ts";

const files = temporaryFiles();
const bytes = (...parts: (string | number[])[]) => Buffer.concat(parts.map((part) => Buffer.from(part as string)));
const JSONL: FileFormat = { kind: "jsonl", encoding: "utf-8" };

/** Both ways to meet a file: the preview, which shows the refusal, and the exact reader, which throws it. */
async function refusal(content: string | Uint8Array, { name = "a.csv", format = csvFormat(",") as FileFormat } = {}) {
  const file = files.write(name, content);
  const preview = await previewFile(file, { format });
  const error = await locateError(file, format);
  const shown = preview.problems.find(({ severity }) => severity === "error");
  expect(shown?.code).toBe(error?.code);
  expect(shown?.where).toBe(error?.where);
  return error;
}

async function rowsOf(content: string | Uint8Array, format: FileFormat = csvFormat(",")) {
  const { columns, batches } = await openRows(files.write("a.csv", content), format);
  const rows = [];
  for await (const batch of batches) rows.push(...batch.map(({ cells }) => cells));
  return { columns, rows };
}

describe("a hostile or broken file is refused with its place and what to do", () => {
  const wide = (count: number) => Array.from({ length: count }, (_, index) => `c${index}`).join(",");
  it.each<[string, string | Uint8Array, FileErrorCode, string]>([
    ["nothing in it", "", "empty", "a.csv"],
    ["a byte order mark and nothing else", bytes([0xef, 0xbb, 0xbf]), "empty", "a.csv"],
    ["blank lines only", "\n\r\n\n", "no_header", "a.csv"],
    ["UTF-16, little end first", bytes([0xff, 0xfe], Buffer.from("a,b\n1,2\n", "utf16le").toString("latin1")), "not_text", "a.csv, byte 0"],
    ["UTF-16, big end first", bytes([0xfe, 0xff, 0, 0x61]), "not_text", "a.csv, byte 0"],
    ["UTF-16 without a mark", Buffer.from("a,b\n1,2\n", "utf16le"), "nul", "a.csv, line 1, column 1, byte 1"],
    ["NUL in a cell", "a,b\nx,y\0z\n", "nul", "a.csv, line 2, column 2 (b), byte 7"],
    ["Latin-1", bytes("name,x\nIgor Farini", [0xe8], ",1\n"), "not_utf8", "a.csv, line 2, column 1 (name), byte 18"],
    ["an overlong slash", bytes("a,b\n1,", [0xc0, 0xaf], "\n"), "not_utf8", "a.csv, line 2, column 2 (b), byte 6"],
    ["an overlong NUL", bytes("a,b\n1,", [0xc0, 0x80], "\n"), "not_utf8", "a.csv, line 2, column 2 (b), byte 6"],
    ["a surrogate in UTF-8", bytes("a,b\n1,", [0xed, 0xa0, 0x80], "\n"), "not_utf8", "a.csv, line 2, column 2 (b), byte 6"],
    ["beyond U+10FFFF", bytes("a,b\n1,", [0xf4, 0x90, 0x80, 0x80], "\n"), "not_utf8", "a.csv, line 2, column 2 (b), byte 6"],
    ["a character cut off by the end", bytes("a,b\n1,2", [0xe2, 0x82]), "not_utf8", "a.csv, line 2, column 2 (b), byte 7"],
    ["a quote that is never closed", 'a,b\n1,"2\n3,4\n', "unterminated_quote", "a.csv, line 2, column 2 (b)"],
    ["a quote inside a cell", 'a,b\n1,5" disk\n', "stray_quote", "a.csv, line 2, column 2 (b)"],
    ["a row too short", "a,b,c\n1,2,3\n4,5\n", "cell_count", "a.csv, line 3"],
    ["a row too long", "a,b\n1,2\n4,5,6\n", "cell_count", "a.csv, line 3"],
    ["a column twice", "id,mail,id\n", "duplicate_column", "a.csv, line 1, column 3 (id)"],
    ["a column twice but for spaces", "id, id \n", "duplicate_column", "a.csv, line 1, column 2 (id)"],
    ["10,000 columns", `${wide(10_000)}\n`, "too_many_columns", "a.csv, line 1, column 1,001"],
    ["a cell of 2 MiB", `a,b\n1,${"x".repeat(2 * 1024 ** 2)}\n`, "cell_too_large", "a.csv, line 2, column 2 (b)"],
    ["a spreadsheet", bytes([0x50, 0x4b, 3, 4, 20, 0]), "not_text", "a.csv, byte 0"],
    ["a sign-in page", "<!DOCTYPE html><html><body>Sign in</body></html>", "not_text", "a.csv, byte 0"],
    ["gzip in gzip", gzipSync(gzipSync("a,b\n1,2\n")), "not_text", "a.csv, byte 0"],
    ["gzip cut short", gzipSync("a,b\n1,2\n".repeat(100)).subarray(0, -12), "bad_gzip", "a.csv"],
    ["gzip damaged", Buffer.concat([gzipSync("a,b\n").subarray(0, 10), Buffer.from("damaged")]), "bad_gzip", "a.csv"],
  ])("%s", async (_name, content, code, where) => {
    const error = await refusal(content);
    expect({ code: error?.code, where: error?.where }).toEqual({ code, where });
    expect(error?.message).toMatch(/^a\.csv.*: .+\.$|\?$/s);
  });

  it.each<[string, string, FileErrorCode, string]>([
    ["a line that is a list", '{"a":1}\n[2]\n', "not_an_object", "a.csv, line 2, column 1"],
    ["a line that is no JSON", '{"a":1}\n{"a" 1}\n', "bad_json", "a.csv, line 2, column 6"],
    ["a name twice", '{"id":1,"id":2}\n', "duplicate_key", "a.csv, line 1, column 9"],
    ["half a character", '{"id":"\\udead"}\n', "lone_surrogate", "a.csv, line 1, column 1 (id)"],
    ["NUL by escape", '{"id":"\\u0000"}\n', "nul", "a.csv, line 1, column 1 (id)"],
  ])("JSON Lines: %s", async (_name, content, code, where) => {
    const error = await refusal(content, { format: JSONL });
    expect({ code: error?.code, where: error?.where }).toEqual({ code, where });
  });

  it("a JSON list says to write JSON Lines", async () => {
    const { problems } = await previewFile(files.write("a.json", '[{"id":1}]'));
    expect(problems[0]?.message).toContain("JSON Lines");
  });

  it("a gzip bomb stops at its ratio, long before it is unpacked", async () => {
    const limits = { ...LIMITS, inflationFreeBytes: 1024 ** 2 };
    const file = files.write("a.csv.gz", gzipSync(`a,b\n${"1,2\n".repeat(16 * 1024 ** 2)}`, { level: 9 }));
    await expect(locateError(file, csvFormat(","), { limits })).resolves.toMatchObject({ code: "bomb" });
  });

  it("a file beyond the size limit stops there", async () => {
    const file = files.write("a.csv", `a,b\n${"1,2\n".repeat(1_000)}`);
    await expect(locateError(file, csvFormat(","), { limits: { ...LIMITS, bytes: 1_000 } })).resolves.toMatchObject({ code: "too_large" });
  });

  it("a stored file that is gone says so without its path", async () => {
    const error = await locateError({ name: "a.csv", path: `${files.folder}/gone` }, csvFormat(","));
    expect(error).toBeInstanceOf(FileError);
    expect(`${error?.message} ${error?.stack} ${String(error?.cause)}`).not.toContain(files.folder);
  });
});

describe("what only looks hostile is read", () => {
  it.each<[string, string | Uint8Array]>([
    ["a byte order mark", bytes([0xef, 0xbb, 0xbf], "id,name\n1,Ada\n")],
    ["a byte order mark before a quoted header", bytes([0xef, 0xbb, 0xbf], '"id","name"\n"1","Ada"\n')],
    ["CR alone", "id,name\r1,Ada\r"],
    ["gzip", gzipSync("id,name\n1,Ada\n")],
    ["two gzip members in a row", Buffer.concat([gzipSync("id,name\n"), gzipSync("1,Ada\n")])],
    ["gzip with a byte order mark", gzipSync(bytes([0xef, 0xbb, 0xbf], "id,name\n1,Ada\n"))],
  ])("%s", async (_name, content) => {
    expect(await rowsOf(content)).toEqual({ columns: ["id", "name"], rows: [["1", "Ada"]] });
  });

  it("1,000 columns", async () => {
    const { columns } = await rowsOf(`${Array.from({ length: 1_000 }, (_, index) => `c${index}`).join(",")}\n`);
    expect(columns).toHaveLength(1_000);
  });

  it("a cell of one Mi characters", async () => {
    const { rows } = await rowsOf(`a,b\n1,${"x".repeat(1024 ** 2)}\n`);
    expect(rows[0]?.[1]).toHaveLength(1024 ** 2);
  });

  it("columns without a name are numbered", async () => {
    expect((await rowsOf("id,,\n1,2,3\n")).columns).toEqual(["id", "column 2", "column 3"]);
  });

  it("no header row: columns are numbered and the first row counts", async () => {
    expect(await rowsOf("1,2\n3,4\n", { ...csvFormat(","), header: false })).toEqual({
      columns: ["column 1", "column 2"],
      rows: [
        ["1", "2"],
        ["3", "4"],
      ],
    });
  });

  it("a right-to-left override is kept as it is, and shown as a warning", async () => {
    const name = "admin\u202etxt.exe";
    const { problems, targets } = await previewFile(files.write("people.csv", `external_id,name\n1,${name}\n`));
    expect(targets[0]?.records).toEqual([{ external_id: "1", name }]);
    expect(problems).toEqual([
      expect.objectContaining({ severity: "warning", code: "invisible_character", where: "people.csv, line 2, column 2 (name)" }),
    ]);
  });

  it("characters cut in two by a chunk stay whole, wherever the cut falls", async () => {
    for (const shift of [0, 1, 2, 3]) {
      const cell = `${"x".repeat(shift)}${"ü€😀".repeat(60_000)}`;
      const { rows } = await rowsOf(`a,b\n1,${cell}\r\n2,y\r\n`);
      expect(rows[0]?.[1] === cell).toBe(true);
      expect(rows[1]).toEqual(["2", "y"]);
    }
  });

  it("a CRLF cut in two by a chunk is one line break", async () => {
    const first = `${"x".repeat(256 * 1024 - 7)}`;
    const { batches } = await openRows(files.write("a.csv", `a,b\r\n1${first}\r\n2,y\r\n`.replace("1x", "1,")), csvFormat(","));
    const lines = [];
    for await (const batch of batches) lines.push(...batch.map(({ line }) => line));
    expect(lines).toEqual([2, 3]);
  });
});
