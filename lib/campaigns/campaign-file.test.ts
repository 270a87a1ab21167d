import { readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { campaignFile, campaignFileSchema, readCampaignFile } from "./campaign-file.ts";

const GOOD = `version: 1
name: Quarterly access review
sources: [Directory]
scope:
  identityClasses: [human]
  unusedDays: 90
zone: Europe/Vienna
recurrence: { every: quarter, on: 1, at: "09:00" }
due: { days: 14, time: "17:00" }
instructions: Keep what is needed.
`;

const problemsOf = (text: string) => {
  const found = readCampaignFile(text);
  return found.ok ? [] : found.problems.map(({ line, column, path: where }) => `${line}:${column} ${where}`);
};

it("reads what a person writes, with the defaults of the product for the rest", () => {
  const found = readCampaignFile(GOOD);
  expect(found).toMatchObject({
    ok: true,
    read: {
      file: {
        scope: { unusedDays: 90, privilegedOnly: false, environments: [] },
        recurrence: { every: "quarter", from: 1 },
        plan: { silence: "by_risk", carryCycles: 0 },
        fallback: null,
        watchDays: 30,
      },
    },
  });
});

describe("names line and column of", () => {
  it.each<[string, string, string[]]>([
    ["a setting that there is none of", GOOD.replace("unusedDays", "unusedDay"), ["6:3 scope.unusedDay"]],
    ["a value of the wrong kind", GOOD.replace("unusedDays: 90", "unusedDays: soon"), ["6:15 scope.unusedDays"]],
    ["a word that the vocabulary lacks, in a list", GOOD.replace("[human]", "[human, robot]"), ["5:28 scope.identityClasses[1]"]],
    ["what is missing, at the top", GOOD.replace("sources: [Directory]\n", ""), ["1:1 sources"]],
    ["a zone that nobody knows", GOOD.replace("Europe/Vienna", "Europe/Atlantis"), ["7:7 zone"]],
    ["a day that no week has", GOOD.replace("every: quarter, on: 1", "every: week, on: 9"), ["8:32 recurrence.on"]],
    ["a time that no day has", GOOD.replace('time: "17:00"', 'time: "25:00"'), ["9:24 due.time"]],
    ["a broken line", GOOD.replace("scope:", "scope: ["), ["6:3 ", "7:1 "]],
    ["a key written twice", `${GOOD}zone: UTC\n`, ["11:1 "]],
    [
      "several at once, in the order of the file",
      GOOD.replace("version: 1", "version: 2").replace("[Directory]", "[]"),
      ["1:10 version", "3:10 sources"],
    ],
  ])("%s", (_name, text, expected) => expect(problemsOf(text)).toEqual(expected));

  it("a file that is empty, a list, or a bomb", () => {
    expect(problemsOf("")).toEqual(["1:1 "]);
    expect(problemsOf("- a\n- b\n")).toEqual(["1:1 "]);
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${"bcdefgh"
      .split("")
      .map((name, at) => `${name}: &${name} [${Array(9).fill(`*${"abcdefgh"[at]}`).join(",")}]`)
      .join("\n")}\n`;
    expect(problemsOf(bomb)).not.toEqual([]);
  });
});

it("answers any text with a file or with problems that lie in it, and never throws", () => {
  const lines = GOOD.split("\n");
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: "binary", maxLength: 300 }),
        fc.shuffledSubarray(lines).map((some) => some.join("\n")),
        fc.tuple(fc.nat(GOOD.length), fc.string({ maxLength: 6 })).map(([at, some]) => GOOD.slice(0, at) + some + GOOD.slice(at + 1)),
      ),
      (text) => {
        const found = readCampaignFile(text);
        if (found.ok) return;
        expect(found.problems.length).toBeGreaterThan(0);
        for (const { line, column } of found.problems) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(text.split(/\r\n|\r|\n/).length + 1);
          expect(column).toBeGreaterThanOrEqual(1);
        }
      },
    ),
    { numRuns: 1000 },
  );
});

it("publishes its schema: docs/campaign.schema.json is what the code reads", () => {
  const published = readFileSync(path.join(import.meta.dirname, "../../docs/campaign.schema.json"), "utf8");
  expect(JSON.parse(published)).toEqual(JSON.parse(JSON.stringify(campaignFileSchema())));
});

it("the example of the documentation is a good file", () => {
  const page = readFileSync(path.join(import.meta.dirname, "../../docs/campaign-files.md"), "utf8");
  const [, example = ""] = page.match(/```yaml\n([\s\S]*?)```/) ?? [];
  expect(problemsOf(example)).toEqual([]);
  expect(campaignFile.shape.version.value).toBe(1);
});
