import { expect, it } from "vitest";
import type { ReviewItemRow } from "#lib/campaigns/review-types.ts";
import type { Grouping } from "./grouping.ts";
import { countsOf, fitting, loadedOf, regrouped } from "./loaded-items.ts";
import {
  acknowledged,
  carriedNow,
  keptOutbox,
  type PendingAnswer,
  type ReviewState,
  refused,
  rowOf,
  withAnswer,
  withRows,
} from "./review-state.ts";

const NOW = "2026-11-23T00:00:00Z";
const row = (facts: Partial<ReviewItemRow>): ReviewItemRow =>
  ({
    id: "1",
    groupId: "g",
    orderKey: 1,
    version: 0,
    state: "ASSIGNED",
    answer: null,
    rationale: null,
    riskClass: "low",
    change: "unchanged",
    privileged: "no",
    lastUsed: { kind: "value", at: "2026-11-22T00:00:00Z" },
    conflicts: [],
    personStatus: "active",
    personName: "Sam",
    department: null,
    identityName: "sam",
    identityClass: "human",
    sourceName: "s",
    resourceName: "r",
    ...facts,
  }) as ReviewItemRow;
const pending = (facts: Partial<PendingAnswer>): PendingAnswer => ({
  itemId: "1",
  answer: "keep",
  rationale: null,
  seconds: null,
  evidenceViewed: false,
  version: 0,
  idempotencyKey: "k1",
  ...facts,
});
const stateOf = (...rows: ReviewItemRow[]): ReviewState => ({ loaded: loadedOf(rows, NOW), changed: new Map(), outbox: [] });

it.each([
  ["high risk needs thought, whatever else it is", { riskClass: "high", change: "new", privileged: "yes" }, "thought"],
  ["what is new comes before privilege", { change: "new", privileged: "yes" }, "changed"],
  ["privileged", { privileged: "yes" }, "privileged"],
  ["never used is unused", { lastUsed: { kind: "never", at: null } }, "unused"],
  ["unused for 91 days", { lastUsed: { kind: "value", at: "2026-08-23T00:00:00Z" } }, "unused"],
  ["what the source does not tell is not unused", { lastUsed: { kind: "not_supported", at: null } }, "rest"],
  ["unknown is not unused", { lastUsed: { kind: "unknown", at: null } }, "rest"],
] as const)("%s", (_name, facts, bucket) => {
  expect(loadedOf([row(facts as Partial<ReviewItemRow>)], NOW).bucketOf.get("1")).toBe(bucket);
});

it.each([
  ["a conflict of duties needs thought", { conflicts: ["x"] }],
  ["so does access of somebody who left", { personStatus: "left" }],
] as const)("%s", (_name, facts) => {
  expect(loadedOf([row(facts as unknown as Partial<ReviewItemRow>)], NOW).bucketOf.get("1")).toBe("thought");
});

it("keeps what another tab has not sent yet, and drops what this one has", () => {
  const [mine, sent, theirs] = ["mine", "sent", "theirs"].map((idempotencyKey) => pending({ idempotencyKey }));
  if (!mine || !sent || !theirs) throw new Error("three");
  expect(keptOutbox([sent, theirs], [sent], [mine])).toEqual([theirs, mine]);
});

it("groups by person, by account and by resource, each with what needs thought on top", () => {
  const rows = [
    row({ id: "a", groupId: "p", identityName: "one", resourceName: "db", sourceName: "s", orderKey: 3 }),
    row({ id: "b", groupId: "p", identityName: "two", resourceName: "web", sourceName: "s", orderKey: 1 }),
    row({ id: "c", groupId: "q", identityName: "three", resourceName: "db", sourceName: "s", orderKey: 2 }),
  ];
  const ids = (by: Grouping) => regrouped(loadedOf(rows, NOW), by).items.map(({ id }) => id);
  expect([ids("person"), ids("account"), ids("resource")]).toEqual([
    ["b", "a", "c"],
    ["b", "c", "a"],
    ["b", "c", "a"],
  ]);
});

it("keeps a person's items together, the weightiest person first", () => {
  const rows = [
    row({ id: "a", groupId: "x", orderKey: 5 }),
    row({ id: "b", groupId: "y", orderKey: 1 }),
    row({ id: "c", groupId: "x", orderKey: 2 }),
    row({ id: "d", groupId: "y", orderKey: 9 }),
  ];
  expect(loadedOf(rows, NOW).items.map(({ id }) => id)).toEqual(["b", "d", "c", "a"]);
});

it("shows an answer at once and keeps it until the server has it", () => {
  const after = withAnswer(stateOf(row({})), pending({}));
  expect(rowOf(after, "1")).toMatchObject({ state: "DRAFTED", answer: "keep", version: 0 });
  expect(acknowledged(after, pending({}), 1)).toMatchObject({ outbox: [] });
  expect(rowOf(acknowledged(after, pending({}), 1), "1")?.version).toBe(1);
});

it("gives an undo that was waiting against the version that the answer made", () => {
  const twice = withAnswer(withAnswer(stateOf(row({})), pending({})), pending({ answer: "withdraw", idempotencyKey: "k2" }));
  expect(acknowledged(twice, pending({}), 1).outbox).toEqual([pending({ answer: "withdraw", idempotencyKey: "k2", version: 1 })]);
});

it("goes back to what the server says when it refuses, and drops what was built on the refused answer", () => {
  const twice = withAnswer(withAnswer(stateOf(row({})), pending({})), pending({ answer: "withdraw", idempotencyKey: "k2" }));
  const truth = row({ state: "VOIDED", version: 4 });
  const after = refused(twice, pending({}), truth);
  expect([rowOf(after, "1"), after.outbox]).toEqual([truth, []]);
});

const EACH = [
  row({ id: "1" }),
  row({ id: "2", state: "DRAFTED" }),
  row({ id: "3", state: "SUBMITTED" }),
  row({ id: "4", state: "VOIDED" }),
  row({ id: "5", state: "FINAL" }),
];

it("counts every row once", () => {
  const { left, ...counts } = loadedOf(EACH, NOW).counts;
  expect(counts).toEqual({ total: 5, open: 1, answered: 1, submitted: 2, voided: 1 });
  expect(left).toEqual({ all: 1, thought: 0, changed: 0, privileged: 0, unused: 0, rest: 1 });
});

it("counts after each change what it would count anew", () => {
  const { loaded } = stateOf(...EACH);
  let state: ReviewState = { loaded, changed: new Map(), outbox: [] };
  for (const changed of [row({ id: "1", state: "DRAFTED" }), row({ id: "2" }), row({ id: "1" }), row({ id: "3", state: "VOIDED" })]) {
    state = withRows(state, [changed]);
    const rows = EACH.map(({ id }) => rowOf(state, id)).filter((one) => one !== undefined);
    expect(countsOf(loaded, state.changed)).toEqual(loadedOf(rows, NOW).counts);
  }
});

it("finds words in what an item is called, within the bucket that is looked at", () => {
  const loaded = loadedOf([row({ id: "1", personName: "Mara" }), row({ id: "2", personName: "Mara", riskClass: "high" })], NOW);
  const found = (bucket: "all" | "rest", words: string) => fitting(loaded, bucket, words).map(({ id }) => id);
  expect([found("all", " mara "), found("rest", "mara"), found("all", "nobody")]).toEqual([["1", "2"], ["1"], []]);
});

it("takes what is decided alone out of the bundle that was carried forward, and puts back what is undone", () => {
  const one = (id: string, facts: Partial<ReviewItemRow> = {}) => row({ id, carriedCycles: 1, ...facts });
  const state = stateOf(one("1"), one("2"), one("3", { state: "VOIDED" }), row({ id: "4", carriedCycles: 0 }));
  const seen = (now: ReviewState) => ({ open: carriedNow(now).open.map(({ id }) => id), answered: carriedNow(now).answered });
  expect(seen(state)).toEqual({ open: ["1", "2"], answered: 0 });
  const decided = withAnswer(state, pending({ answer: "revoke" }));
  expect(seen(decided)).toEqual({ open: ["2"], answered: 1 });
  expect(seen(withAnswer(decided, pending({ answer: "withdraw", idempotencyKey: "k2" })))).toEqual({ open: ["1", "2"], answered: 0 });
});
