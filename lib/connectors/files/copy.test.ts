import { text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { copySourcesOf, locateError, locateRows, rawCopySource } from "./copy.ts";
import { CopyGuard, NO_QUOTE } from "./copy-guard.ts";
import type { FileMapping } from "./mapping.ts";
import { csvMapping, temporaryFiles, uploadOf } from "./sample-files.ts";

const files = temporaryFiles();
const grants = (more: Partial<FileMapping> = {}) =>
  csvMapping({
    name: "grants.csv",
    columns: ["who", "what", "why"],
    targets: [{ stream: "grants", columns: { entitlement: { column: "what" }, holder: { column: "who" }, reason: { column: "why" } } }],
    ...more,
  });
const HEADER = "who,what,why\n";

describe("bytes for COPY", () => {
  it("come as they are, with the column of the stream for each column of the file", async () => {
    const content = `${HEADER}a,b,"x,""y"""\r\nc,d,\r\n`;
    const source = await rawCopySource(files.write("grants.csv", content), grants(), "grants");
    expect(source).toMatchObject({
      header: ["who", "what", "why"],
      targetColumns: ["holder", "entitlement", "reason"],
      csvOptions: { delimiter: ",", quote: '"', header: true },
    });
    expect(source && (await text(source.stream))).toBe(content);
  });

  it("without byte order mark and compression", async () => {
    const file = files.write("grants.csv.gz", gzipSync(`\ufeff${HEADER}a,b,c\n`));
    const source = await rawCopySource(file, grants(), "grants");
    expect(source && (await text(source.stream))).toBe(`${HEADER}a,b,c\n`);
  });

  const [target] = grants().targets;
  if (!target) throw new Error("a target");
  it.each<[string, Partial<FileMapping>]>([
    ["a constant", { targets: [{ ...target, columns: { ...target.columns, options: { constant: "x" } } }] }],
    ["a template", { targets: [{ ...target, columns: { ...target.columns, reason: { template: "because {why}" } } }] }],
    ["a list of words", { targets: [{ ...target, columns: { ...target.columns, reason: { column: "why", values: { a: "b" } } } }] }],
    ["one column used twice", { targets: [{ ...target, columns: { ...target.columns, options: { column: "why" } } }] }],
    ["a column that is not mapped", { targets: [{ ...target, columns: { holder: { column: "who" }, entitlement: { column: "what" } } }] }],
    [
      "an excluded column",
      { excluded: ["why"], targets: [{ ...target, columns: { holder: { column: "who" }, entitlement: { column: "what" } } }] },
    ],
    ["a split cell", { targets: [{ ...target, split: { column: "what", separator: ";" } }] }],
    ["rows left out", { targets: [{ ...target, skipWhenEmpty: ["what"] }] }],
    ["two targets of the stream", { targets: [target, target] }],
    ["JSON Lines", { format: { kind: "jsonl", encoding: "utf-8" } }],
  ])("are not to be had with %s: the pages are the way", async (_name, change) => {
    expect(await rawCopySource(files.write("grants.csv", `${HEADER}a,b,c\n`), grants(change), "grants")).toBeNull();
  });

  it("end with what is wrong, by line, where COPY would drop a quotation mark", async () => {
    const file = files.write("grants.csv", `${HEADER}a,b,c\nd,e,5" disk and 6" disk\n`);
    const source = await rawCopySource(file, grants(), "grants");
    await expect(source && text(source.stream)).rejects.toMatchObject({ code: "stray_quote", where: "grants.csv, line 3, column 3 (why)" });
  });

  it("end where older servers would throw the rest of the file away", async () => {
    const bare = await rawCopySource(files.write("grants.csv", `${HEADER}a,b,c\n\\.\nd,e,f\n`), grants(), "grants");
    await expect(bare && text(bare.stream)).rejects.toMatchObject({ code: "cell_count", where: "grants.csv, line 3" });
    const inCell = await rawCopySource(files.write("grants.csv", `${HEADER}a,b,"x\n\\.\n"\nd,e,f\n`), grants(), "grants");
    await expect(inCell && text(inCell.stream)).rejects.toMatchObject({ code: "not_for_copy" });
  });

  it("quotes nothing where the file does not, and then takes quotation marks as text", async () => {
    const format = { kind: "csv", delimiter: ",", quote: "", header: true, encoding: "utf-8" } as const;
    const content = `${HEADER}a,b,5" disk\n`;
    const source = await rawCopySource(files.write("grants.csv", content), grants({ format }), "grants");
    expect(source?.csvOptions.quote).toBe(NO_QUOTE);
    expect(source && (await text(source.stream))).toBe(content);
    const holding = await rawCopySource(files.write("grants.csv", `${HEADER}a,b,${NO_QUOTE}x${NO_QUOTE}\n`), grants({ format }), "grants");
    await expect(holding && text(holding.stream)).rejects.toMatchObject({ code: "not_for_copy" });
  });
});

describe("all files of a stream", () => {
  const config = (...names: string[]) => ({
    files: names.map((name) => uploadOf(files.write(name, `${HEADER}${name},b,c\n`), { mappedAs: "grants.csv" })),
    mapping: { version: 1, files: [grants()] },
  });

  it("come in the order of their uploads, each with its own way to find an error", async () => {
    const sources = await copySourcesOf(config("one.csv", "two.csv"), "grants");
    const texts = await Promise.all((sources ?? []).map((source) => text(source.stream)));
    expect(texts).toEqual([`${HEADER}one.csv,b,c\n`, `${HEADER}two.csv,b,c\n`]);
    expect(await sources?.[0]?.locateError()).toBeNull();
  });

  it("go by pages where one of them must", async () => {
    const { files: uploads, mapping } = config("one.csv", "two.csv");
    uploads.push(uploadOf(files.write("three.csv", `${HEADER.trim()},note\na,b,c,d\n`), { mappedAs: "grants.csv" }));
    expect(await copySourcesOf({ files: uploads, mapping }, "grants")).toBeNull();
    expect(await copySourcesOf({ files: uploads, mapping }, "people")).toBeNull();
  });
});

describe("the guard", () => {
  /** Says the same of a text whatever its chunks; null where it disagrees with itself. */
  function accepts(content: string): boolean | null {
    const whole = new CopyGuard(",", '"').accepts(Buffer.from(content));
    for (let cut = 0; cut <= content.length; cut += 1) {
      const guard = new CopyGuard(",", '"');
      const pieces = [content.slice(0, cut), content.slice(cut)].every((piece) => guard.accepts(Buffer.from(piece)));
      if (pieces !== whole) return null;
    }
    return whole;
  }

  it.each<[string, boolean]>([
    ['a,"b"\n"c",d\n', true],
    ['"a""b",""""\n', true],
    ['"",""\n', true],
    ['"a\nb,c"\r\n', true],
    ['a"b,c\n', false],
    ['"a"b,c\n', false],
    ['"a" ,c\n', false],
    ["a,b\n\\.\nc,d\n", false],
    ["a,b\r\\.\rc,d\r", false],
    ["\\.\n", false],
    ["a,\\.\n", true],
    ["a\\.,b\n", true],
  ])("%j: %s", (content, expected) => {
    expect(accepts(content)).toBe(expected);
  });
});

describe("the slow and exact reader", () => {
  it("names the place that COPY only hints at", async () => {
    const file = files.write("grants.csv", `${HEADER}a,b,c\n"d\ne",f\n`);
    await expect(locateError(file, grants().format)).resolves.toMatchObject({ where: "grants.csv, line 3", code: "cell_count" });
  });

  it("finds nothing where only COPY is more particular", async () => {
    expect(await locateError(files.write("grants.csv", `${HEADER}\na,b,c\r\n\nd,e,f\r`), grants().format)).toBeNull();
  });

  it("tells on which line the n-th record starts", async () => {
    const file = files.write("grants.csv", `${HEADER}a,b,"1\n2\n3"\nc,d,e\n\nf,g,h\n`);
    expect(await locateRows(file, grants().format, [1, 3, 9])).toEqual(
      new Map([
        [1, 2],
        [3, 7],
      ]),
    );
  });
});
