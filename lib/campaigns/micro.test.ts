import { describe, expect, it } from "vitest";
import {
  limitedWhy,
  MICRO_RULES,
  type MicroRuleSettings,
  type MicroSubject,
  microInstructions,
  microName,
  microSettings,
  microWhy,
  planMicro,
} from "./micro.ts";

const subject = (more: Partial<MicroSubject> = {}): MicroSubject => ({
  subjectKind: "person",
  subjectId: "p",
  label: "Mara Lindt",
  runId: "r",
  sourceIds: ["s"],
  grantIds: ["g1", "g2"],
  found: 2,
  detail: null,
  ...more,
});
const on = (more: Partial<MicroRuleSettings> = {}): MicroRuleSettings => ({ isOn: true, days: 7, perDay: 3, maxItems: 10, ...more });
const many = (count: number) => Array.from({ length: count }, (_, index) => subject({ subjectId: String(index) }));

describe("a rule", () => {
  it.each<[string, number, [started: number, waiting: number], MicroRuleSettings, number, number]>([
    ["starts one for each subject", 2, [0, 0], on(), 2, 0],
    ["that is off starts nothing and lets nothing wait", 5, [0, 0], on({ isOn: false }), 0, 0],
    ["starts no more than its rate, and lets the rest wait", 10_000, [0, 0], on(), 3, 9_997],
    ["counts what it started in the day before", 2, [2, 0], on(), 1, 1],
    ["lets nobody overtake those who wait already", 2, [1, 1], on(), 1, 1],
    ["with more waiting than it may start starts nothing new", 2, [0, 7], on(), 0, 2],
    ["whose rate is used up starts nothing", 2, [3, 0], on(), 0, 2],
    ["whose rate was lowered meanwhile starts nothing", 2, [9, 0], on(), 0, 2],
    ["starts nothing where nothing happened", 0, [0, 0], on(), 0, 0],
  ])("%s", (_name, found, [startedInADay, waiting], settings, starts, left) => {
    const plan = planMicro(many(found), { startedInADay, waiting }, settings);
    expect([plan.start.length, plan.leftOut.length]).toEqual([starts, left]);
  });

  it("is off on a fresh instance, and has no owner", () => {
    const fresh = microSettings.parse({});
    expect(fresh.ownerUserId).toBeNull();
    expect(MICRO_RULES.filter((each) => fresh.rules[each].isOn)).toEqual([]);
  });

  it.each(MICRO_RULES)("%s says what happened and what it left out", (rule) => {
    expect(microName(rule, "Mara Lindt")).toContain("Mara Lindt");
    expect(microWhy(rule, subject())).toMatch(/Mara Lindt.* 2 grants/);
    expect(microWhy(rule, subject())).not.toContain("left out");
    expect(microWhy(rule, subject({ found: 10_000 }))).toContain("9998 more of them are left out");
    expect(microInstructions(rule)).toMatch(/\.$/);
  });

  it("says how many subjects its rate keeps waiting", () => {
    expect(limitedWhy(9_997, 20_000, 3)).toBe(
      "9997 more subjects with 20000 grants wait: the rule starts at most 3 in a day, and these as soon as it may.",
    );
  });
});
