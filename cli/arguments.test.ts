import { describe, expect, it } from "vitest";
import { z } from "zod";
import { inputOf, UsageError, unknownOf, usageOf } from "./arguments.ts";
import { verb } from "./verbs/verb.ts";

const made = (positionals: string[]) =>
  verb({
    name: "do it",
    summary: "Does it",
    positionals,
    options: { "as-of": { describe: "when" } },
    input: z.any(),
    run: async () => null,
    print: () => "",
  });

describe("what was typed", () => {
  it("is named by the verb's words, options in camel case", () => {
    expect(inputOf(made(["file"]), ["do", "it", "a.json", "--as-of", "today"])).toEqual({ file: "a.json", asOf: "today" });
  });

  it("may be several files where the verb takes them, and never none", () => {
    expect(inputOf(made(["files"]), ["do", "it", "a.json", "b.json"])).toEqual({ files: ["a.json", "b.json"] });
    expect(() => inputOf(made(["files"]), ["do", "it"])).toThrow(UsageError);
    expect(() => inputOf(made(["file"]), ["do", "it", "a.json", "b.json"])).toThrow(UsageError);
    expect(usageOf(made(["files"]))).toContain("do it <file>...");
  });
});

describe("what no command is", () => {
  const verbs = [made(["file"]), { ...made([]), name: "do that" }, { ...made([]), name: "undo" }];

  it("is named, with what there is instead", () => {
    expect(unknownOf(verbs, ["dance"])).toMatch(/^There is no command dance\. These are:\n\n.*evidence verify <file>.*do it <file>/s);
    expect(unknownOf(verbs, ["do", "this"])).toMatch(
      /^There is no command do this\. These are:\n\n {2}do it <file> +Does it\n {2}do that +Does it$/,
    );
    expect(unknownOf(verbs, ["do"])).toMatch(/^Say which do command:/);
  });

  it("says what is missing, or too much, before how the command is used", () => {
    expect(() => inputOf(made(["file"]), ["do", "it"])).toThrow(/^Missing: <file>\.\n\nUsage: countersign do it <file>/);
    expect(() => inputOf(made([]), ["do", "it", "again"])).toThrow(/^Too many words: again\.\n\nUsage:/);
  });
});
