import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { type BatchTask, partition, stepSizes, stepsOfTasks, turnOf } from "./batch.ts";
import type { RemediationState } from "./types.ts";

test.each([
  [0, []],
  [1, [1]],
  [2, [1, 1]],
  [3, [1, 1, 1]],
  [20, [1, 2, 17]],
  [200, [1, 20, 179]],
])("%i tasks go in steps of %j", (tasks, sizes) => {
  expect(stepSizes(tasks)).toEqual(sizes);
});

test("every task has one step, and steps never go back", () => {
  fc.assert(
    fc.property(fc.nat(500), (tasks) => {
      const steps = stepsOfTasks(tasks);
      expect(steps).toHaveLength(tasks);
      expect(steps).toEqual([...steps].sort((a, b) => a - b));
    }),
  );
});

const tasks = (...states: [number, RemediationState][]): BatchTask[] => states.map(([step, state]) => ({ step, state }));

describe("the next turn of a batch", () => {
  it("begins with the first step, waits while one is under way, then goes on", () => {
    expect(turnOf({ step: 0, stopAfter: 1, tasks: tasks([1, "APPROVED"], [2, "APPROVED"]) })).toEqual({ kind: "go", step: 1 });
    for (const state of ["QUEUED", "RUNNING", "FAILED", "APPROVED"] as const)
      expect(turnOf({ step: 1, stopAfter: 1, tasks: tasks([1, state], [2, "APPROVED"]) })).toEqual({ kind: "wait" });
    expect(turnOf({ step: 1, stopAfter: 1, tasks: tasks([1, "APPLIED_UNVERIFIED"], [2, "APPROVED"]) })).toEqual({ kind: "go", step: 2 });
  });

  it("is done when the last step is, whether or not syncs have shown it", () => {
    expect(turnOf({ step: 2, stopAfter: 1, tasks: tasks([1, "VERIFIED"], [2, "ALREADY_GONE"], [2, "SUPERSEDED"]) })).toEqual({
      kind: "done",
    });
  });

  it("stops at the threshold, in the middle of a step too, and for what had to be put back", () => {
    expect(turnOf({ step: 2, stopAfter: 1, tasks: tasks([1, "VERIFIED"], [2, "MANUAL_REQUIRED"], [2, "QUEUED"]) })).toEqual({
      kind: "stop",
      wrong: 1,
    });
    expect(turnOf({ step: 2, stopAfter: 2, tasks: tasks([1, "MANUAL_REQUIRED"], [2, "APPLIED_UNVERIFIED"], [3, "APPROVED"]) })).toEqual({
      kind: "go",
      step: 3,
    });
    expect(turnOf({ step: 1, stopAfter: 1, tasks: tasks([1, "RESTORED"], [2, "APPROVED"]) })).toMatchObject({ kind: "stop" });
  });
});

test("only what nothing blocks and whose warnings were all read goes into a batch", () => {
  const asked = [
    { id: "a", label: "a", blocks: [], warns: ["Used"] },
    { id: "b", label: "b", blocks: [], warns: ["Used", "Deployed"] },
    { id: "c", label: "c", blocks: ["Last admin"], warns: ["Used"] },
  ];
  const ids = (rows: { id: string }[]) => rows.map(({ id }) => id);
  const { ready, unread, blocked } = partition(asked, ["Used"]);
  expect([ids(ready), ids(unread), ids(blocked)]).toEqual([["a"], ["b"], ["c"]]);
});
