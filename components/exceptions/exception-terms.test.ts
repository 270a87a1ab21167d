import { describe, expect, it } from "vitest";
import { dayOf, problemsOf, readTerms } from "./exception-terms.ts";

const NOW = new Date("2026-11-28T08:00:00Z");
const form = (more: Record<string, string> = {}): FormData => {
  const data = new FormData();
  const fields = {
    rationale: "The close needs it until March.",
    control: "Every statement is logged and read.",
    controlTest: "Somebody shows the log of a week.",
    controlDueAt: "2026-12-10",
    startsAt: "",
    expiresAt: "2026-12-20",
    ...more,
  };
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  return data;
};
const owner = { personId: "0193c6a0-0000-7000-8000-000000000001", name: "Ingrid" };

describe("what is typed", () => {
  it("ends with the last minute of its day in the reader's zone, and starts with the first", () => {
    const terms = readTerms(form({ startsAt: "2026-12-01" }), owner, "Europe/Vienna");
    expect([terms.startsAt, terms.expiresAt, terms.controlDueAt]).toEqual([
      "2026-11-30T23:00:00.000Z",
      "2026-12-20T22:59:00.000Z",
      "2026-12-10T22:59:00.000Z",
    ]);
    expect(dayOf(terms.expiresAt, "Europe/Vienna")).toBe("2026-12-20");
    expect(readTerms(form(), owner, "UTC").startsAt).toBeNull();
  });

  it.each<[string, FormData, typeof owner | null, string[]]>([
    ["nothing is wrong with it", form(), owner, []],
    ["too short a reason", form({ rationale: "Needed." }), owner, ["rationale"]],
    ["nobody who answers for the control", form(), null, ["controlOwnerId"]],
    ["no end", form({ expiresAt: "" }), owner, ["expiresAt"]],
    ["an end past the cap", form({ expiresAt: "2027-03-01", controlDueAt: "2026-12-10" }), owner, ["expiresAt"]],
    ["a control tested after the end", form({ controlDueAt: "2026-12-21" }), owner, ["controlDueAt"]],
  ])("is told at its field: %s", (_name, typed, who, fields) => {
    expect(Object.keys(problemsOf(readTerms(typed, who, "UTC"), "critical", NOW))).toEqual(fields);
  });
});
