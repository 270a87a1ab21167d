import { describe, expect, it } from "vitest";
import { previewFile } from "./preview.ts";
import { csvMapping, temporaryFiles } from "./sample-files.ts";

const files = temporaryFiles();
const people = (rows: string) => files.write("people.csv", `external_id,name,status,started_on\n${rows}`);

describe("what a person sees before an import", () => {
  it("each bad value with its line, its column and what may stand there", async () => {
    const preview = await previewFile(people('1,Ada,active,2020-01-01\n2,"B\nob",alive,01.02.2020\n3,,left,\n1,Ada again,left,\n'));
    expect(preview.problems.map(({ code, where }) => [code, where])).toEqual([
      ["value", "people.csv, line 3, column 3 (status)"],
      ["value", "people.csv, line 3, column 4 (started_on)"],
      ["value", "people.csv, line 5, column 2 (name)"],
      ["duplicate_record", "people.csv, line 6"],
    ]);
    expect(preview.problems[0]?.message).toContain("active, left, unknown");
    expect(preview.targets).toMatchObject([{ stream: "people", made: 4, rejected: 3 }]);
  });

  it("the words of a vocabulary column with what each would mean", async () => {
    const { vocabularies } = await previewFile(people("1,A,active,\n2,B,active,\n3,C,alive,\n4,D,,\n"));
    expect(vocabularies).toEqual([
      {
        stream: "people",
        column: "status",
        words: [
          { word: "active", means: "active", count: 2 },
          { word: "alive", means: null, count: 1 },
          { word: "", means: "unknown", count: 1 },
        ],
      },
    ]);
  });

  it("the rows before a broken one, and the error with its line", async () => {
    const preview = await previewFile(people("1,A,active,\n2,B,left,\n3,C\n4,D,left,\n"));
    expect(preview.rows.map(({ line }) => line)).toEqual([2, 3]);
    expect(preview.isWhole).toBe(false);
    expect(preview.problems).toMatchObject([{ severity: "error", code: "cell_count", line: 4 }]);
  });

  it("only the first rows of a long file", async () => {
    const rows = Array.from({ length: 50_000 }, (_, index) => `${index},N${index},active,`).join("\n");
    const preview = await previewFile(people(rows));
    expect(preview).toMatchObject({ rowsRead: 200, isWhole: false, problems: [] });
    expect(preview.rows).toHaveLength(20);
    expect(preview.targets[0]?.records).toHaveLength(10);
  });

  it("an excluded column masked, whether by proposal or by the person's mapping", async () => {
    const file = files.write("accounts.csv", "login,password,motto\nada,hunter2,sesame\n");
    const proposed = await previewFile(file);
    expect(proposed.rows[0]?.cells).toEqual(["ada", "•••", "sesame"]);
    const mapping = csvMapping({ ...proposed.mapping, excluded: ["password", "motto"] });
    const chosen = await previewFile(file, { mapping });
    expect(JSON.stringify(chosen)).not.toMatch(/hunter2|sesame/);
    expect(chosen.columns.filter(({ isExcluded }) => isExcluded).map(({ name }) => name)).toEqual(["password", "motto"]);
  });

  it("a private column that came after the mapping was made, masked too", async () => {
    const mapping = csvMapping({
      name: "accounts.csv",
      columns: ["login"],
      targets: [{ stream: "identities", columns: { external_id: { column: "login" }, name: { column: "login" } } }],
    });
    const preview = await previewFile(files.write("accounts.csv", "login,api_token\nada,hunter2\n"), { mapping });
    expect(preview.unmapped).toEqual(["api_token"]);
    expect(JSON.stringify(preview)).not.toContain("hunter2");
  });

  it("what is wrong with the mapping, beside what the file holds", async () => {
    const mapping = csvMapping({
      name: "people.csv",
      columns: ["external_id", "gone"],
      targets: [
        { stream: "people", columns: { external_id: { column: "external_id" }, mail: { column: "gone" }, shoe: { constant: "44" } } },
      ],
    });
    const preview = await previewFile(people("1,A,active,\n"), { mapping });
    expect(preview.problems.filter(({ code }) => code === "mapping").map(({ column }) => column)).toEqual(["shoe", "name", "gone"]);
    expect(preview.rows).toHaveLength(1);
  });

  it("the format that a person chose over the one that was detected", async () => {
    const file = files.write("a.csv", "external_id;name\n1;A,B\n");
    expect((await previewFile(file)).format).toMatchObject({ delimiter: ";" });
    const format = { kind: "csv", delimiter: ",", quote: '"', header: false, encoding: "utf-8" } as const;
    expect(await previewFile(file, { format })).toMatchObject({
      columns: [{ name: "column 1" }],
      problems: [{ code: "cell_count", line: 2 }],
    });
  });

  it.each([
    [",", "a,b\n1,2\n"],
    [";", "a;b\n1,5;2\n"],
    ["\t", "a\tb, c\n1\t2\n"],
    ["|", "a|b\n1|2\n"],
    [",", "one\n1\n2\n"],
    [",", '"a;b",c\n1,2\n'],
  ])("the delimiter %j", async (delimiter, text) => {
    expect((await previewFile(files.write("a.csv", text))).format).toMatchObject({ kind: "csv", delimiter });
  });

  it("stops when it is told to", async () => {
    await expect(previewFile(people("1,A,active,\n"), { signal: AbortSignal.abort(new Error("stop")) })).rejects.toThrow("stop");
  });
});
