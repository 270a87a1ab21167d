import { expect, it } from "vitest";
import type { ReviewItemRow } from "#lib/campaigns/types.ts";
import { acknowledged, bucketOf, inOrder, type PendingAnswer, progressOf, refused, withAnswer } from "./review-state.ts";

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
const stateOf = (...rows: ReviewItemRow[]) => ({ rows: new Map(rows.map((one) => [one.id, one])), outbox: [] });

it.each([
  ["high risk needs thought, whatever else it is", { riskClass: "high", change: "new", privileged: "yes" }, "thought"],
  ["what is new comes before privilege", { change: "new", privileged: "yes" }, "changed"],
  ["privileged", { privileged: "yes" }, "privileged"],
  ["never used is unused", { lastUsed: { kind: "never", at: null } }, "unused"],
  ["unused for 91 days", { lastUsed: { kind: "value", at: "2026-08-23T00:00:00Z" } }, "unused"],
  ["what the source does not tell is not unused", { lastUsed: { kind: "not_supported", at: null } }, "rest"],
  ["unknown is not unused", { lastUsed: { kind: "unknown", at: null } }, "rest"],
] as const)("%s", (_name, facts, bucket) => {
  expect(bucketOf(row(facts as Partial<ReviewItemRow>), NOW)).toBe(bucket);
});

it("keeps a person's items together, the weightiest person first", () => {
  const rows = [
    row({ id: "a", groupId: "x", orderKey: 5 }),
    row({ id: "b", groupId: "y", orderKey: 1 }),
    row({ id: "c", groupId: "x", orderKey: 2 }),
    row({ id: "d", groupId: "y", orderKey: 9 }),
  ];
  expect(inOrder(rows).map(({ id }) => id)).toEqual(["b", "d", "c", "a"]);
});

it("shows an answer at once and keeps it until the server has it", () => {
  const after = withAnswer(stateOf(row({})), pending({}));
  expect(after.rows.get("1")).toMatchObject({ state: "DRAFTED", answer: "keep", version: 0 });
  expect(acknowledged(after, pending({}), 1)).toMatchObject({ outbox: [] });
  expect(acknowledged(after, pending({}), 1).rows.get("1")?.version).toBe(1);
});

it("gives an undo that was waiting against the version that the answer made", () => {
  const twice = withAnswer(withAnswer(stateOf(row({})), pending({})), pending({ answer: "withdraw", idempotencyKey: "k2" }));
  expect(acknowledged(twice, pending({}), 1).outbox).toEqual([pending({ answer: "withdraw", idempotencyKey: "k2", version: 1 })]);
});

it("goes back to what the server says when it refuses, and drops what was built on the refused answer", () => {
  const twice = withAnswer(withAnswer(stateOf(row({})), pending({})), pending({ answer: "withdraw", idempotencyKey: "k2" }));
  const truth = row({ state: "VOIDED", version: 4 });
  expect(refused(twice, pending({}), truth)).toEqual({ rows: new Map([["1", truth]]), outbox: [] });
});

it("counts every row once", () => {
  const rows = [row({}), row({ state: "DRAFTED" }), row({ state: "SUBMITTED" }), row({ state: "VOIDED" }), row({ state: "FINAL" })];
  expect(progressOf(rows)).toEqual({ total: 5, open: 1, answered: 1, submitted: 2, voided: 1 });
});
