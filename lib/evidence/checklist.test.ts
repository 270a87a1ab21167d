import { describe, expect, it } from "vitest";
import { CHECKLIST, checklistOf, SECTIONS } from "./checklist.ts";
import { GAP_CODES, linesOfGap, STANDING_GAPS } from "./gaps.ts";
import { REQUIRED_FILES } from "./manifest.ts";

/** Sections of the auditors' checklist with the number of their last line. */
const LAST = { A: 10, B: 5, C: 8, D: 4, E: 6, F: 2, G: 5, I: 1, H: 7 };
const LINES = Object.entries(LAST).flatMap(([section, last]) => Array.from({ length: last }, (_, at) => `${section}${at + 1}`));

describe("the checklist", () => {
  it("has every line once, in order", () => {
    expect(CHECKLIST.map(({ id }) => id)).toEqual(LINES);
    expect(Object.keys(SECTIONS)).toEqual(Object.keys(LAST));
  });

  it("answers each line with a file, with not applicable, or with a gap that every pack prints", () => {
    for (const { id, answers, notApplicable } of CHECKLIST) {
      const standing = STANDING_GAPS.filter((code) => linesOfGap(code).includes(id));
      expect({ id, ways: answers.length + (notApplicable === null ? 0 : 1) + standing.length }).not.toEqual({ id, ways: 0 });
      if (answers.length === 0 && notApplicable === null) expect({ id, standing }).not.toEqual({ id, standing: [] });
    }
  });

  it("has each gap at a line that exists", () => {
    for (const code of GAP_CODES) {
      expect({ code, lines: linesOfGap(code) }).not.toEqual({ code, lines: [] });
      for (const line of linesOfGap(code)) expect(LINES).toContain(line);
    }
  });

  it("says in part where a file answers and a gap remains, and never answered where one does", () => {
    const rows = checklistOf(["by_silence", "no_cadence"]);
    const verdictOf = (id: string) => rows.find((row) => row.id === id)?.verdict;
    expect([verdictOf("C5"), verdictOf("D1"), verdictOf("C6"), verdictOf("B3")]).toEqual(["in part", "gap", "answered", "answered"]);
  });

  it("names every file that a pack of a campaign must hold, besides its signature", () => {
    const named = new Set(CHECKLIST.flatMap(({ answers }) => answers.map(({ file }) => file.replace(/\.json$/, ".csv"))));
    for (const file of REQUIRED_FILES.campaign.filter((name) => !/^(gaps|README|verify|public)/.test(name)))
      expect([...named]).toContain(file.replace(/\.json$/, ".csv"));
  });
});
