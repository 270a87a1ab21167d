import { describe, expect, it } from "vitest";
import { z } from "zod";
import { inputOf, UsageError, usageOf } from "./arguments.ts";
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
