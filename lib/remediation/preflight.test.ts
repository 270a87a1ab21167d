import { expect, it } from "vitest";
import { combineChecks, namesOf, ownChecks, type PreflightFacts, unconfirmed } from "./preflight.ts";
import { DEFAULT_REMEDIATION_PARAMETERS } from "./rules.ts";

const NOW = new Date("2026-11-20T08:00:00Z");
const daysAgo = (days: number) => new Date(NOW.getTime() - days * 86_400_000);
const facts = (more: Partial<PreflightFacts> = {}): PreflightFacts => ({
  writes: "on",
  identityName: "sam",
  identityClasses: ["human"],
  environment: "prod",
  lastUsed: { kind: "value", at: daysAgo(100) },
  isBySilence: false,
  changes: { log: null, last: null },
  ...more,
});
const checks = (more: Partial<PreflightFacts> = {}) => ownChecks(facts(more), NOW, DEFAULT_REMEDIATION_PARAMETERS);
const USED = "Not used in the last 7 days";
const READ = { from: daysAgo(200), until: daysAgo(1) };
const CHANGE = { at: daysAgo(60), action: "lambda:UpdateFunctionCode" };
const DEPLOYED = "Not deployed to production in 90 days";

it("says nothing against taking back what nobody used for long", () => {
  expect(checks().every(({ result }) => result === "ok")).toBe(true);
});

it.each<[string, Partial<PreflightFacts>, string[]]>([
  ["writes that are off", { writes: "off" }, ["The connector may write"]],
  ["a source that nothing can write to", { writes: "unsupported" }, ["The connector may write"]],
  ["a break-glass identity", { identityClasses: ["break_glass"] }, ["Not a break-glass identity"]],
  ["one that became break-glass since", { identityClasses: ["human", "break_glass"] }, ["Not a break-glass identity"]],
])("%s blocks", (_name, more, expected) => expect(namesOf(checks(more), "blocks")).toEqual(expected));

it.each<[string, Partial<PreflightFacts>, string[]]>([
  ["use within the week", { lastUsed: { kind: "value", at: daysAgo(6.9) } }, [USED]],
  ["use that nobody tells", { lastUsed: { kind: "unknown", at: null } }, [USED]],
  ["use that the source cannot tell", { lastUsed: { kind: "not_supported", at: null } }, [USED]],
  ["silence", { isBySilence: true }, ["Decided by a person"]],
  ["a pipeline in production whose deployments nobody tells", { identityClasses: ["pipeline"] }, [DEPLOYED]],
  ["a service of unknown environment", { identityClasses: ["service"], environment: "unknown" }, [DEPLOYED]],
  ["a pipeline that changed something in production", { identityClasses: ["pipeline"], changes: { log: READ, last: CHANGE } }, [DEPLOYED]],
  [
    "a service that changed something nobody knows where",
    { identityClasses: ["service"], environment: "shared", changes: { log: READ, last: CHANGE } },
    [DEPLOYED],
  ],
  [
    "a log that begins within the days",
    { identityClasses: ["pipeline"], changes: { log: { ...READ, from: daysAgo(20) }, last: null } },
    [DEPLOYED],
  ],
  [
    "a log that was not read lately",
    { identityClasses: ["pipeline"], changes: { log: { ...READ, until: daysAgo(9) }, last: null } },
    [DEPLOYED],
  ],
  [
    "a log that ends before the days",
    { identityClasses: ["pipeline"], changes: { log: { from: daysAgo(400), until: daysAgo(91) }, last: null } },
    [DEPLOYED],
  ],
])("%s warns", (_name, more, expected) => expect(namesOf(checks(more), "warns")).toEqual(expected));

it.each<[string, Partial<PreflightFacts>]>([
  ["use eight days ago", { lastUsed: { kind: "value", at: daysAgo(8) } }],
  ["what was never used", { lastUsed: { kind: "never", at: null } }],
  ["a pipeline outside production", { identityClasses: ["pipeline"], environment: "test" }],
  ["a pipeline whose log shows no change in all these days", { identityClasses: ["pipeline"], changes: { log: READ, last: null } }],
  ["what people changed", { changes: { log: READ, last: CHANGE } }],
])("%s does not warn", (_name, more) => expect(namesOf(checks(more), "warns")).toEqual([]));

it("says of a deployment what it was and when, and of a gap in the log which time is unknown", () => {
  const detail = (more: Partial<PreflightFacts>) =>
    checks({ identityClasses: ["pipeline"], ...more }).find(({ name }) => name === DEPLOYED)?.detail;
  expect(detail({ changes: { log: READ, last: CHANGE } })).toContain("2026-09-21T08:00:00.000Z (lambda:UpdateFunctionCode) in production");
  expect(detail({})).toMatch(/^Unknown\. No log of this source was read/);
  expect(detail({ changes: { log: { from: daysAgo(20), until: daysAgo(9) }, last: null } })).toMatch(
    /^Unknown before 2026-10-31T.* and after 2026-11-11T.* changed nothing\.$/,
  );
});

it("keeps the graver of two answers to one question, and tells both", () => {
  const own = [{ name: USED, result: "ok", detail: "Last used long ago." }] as const;
  const theirs = [
    { name: USED, result: "warns", detail: "In use now." },
    { name: "Not the last superuser", result: "blocks", detail: "The last." },
  ] as const;
  expect(combineChecks(own, theirs)).toEqual([
    { name: USED, result: "warns", detail: "In use now. Last used long ago." },
    { name: "Not the last superuser", result: "blocks", detail: "The last." },
  ]);
  expect(combineChecks(theirs, own)[0]?.result).toBe("warns");
});

it("asks for each warning by its name", () => {
  const rows = checks({ lastUsed: { kind: "unknown", at: null }, isBySilence: true });
  expect(unconfirmed(rows, [])).toEqual([USED, "Decided by a person"]);
  expect(unconfirmed(rows, [USED, "something else"])).toEqual(["Decided by a person"]);
  expect(unconfirmed(rows, [USED, "Decided by a person"])).toEqual([]);
});
