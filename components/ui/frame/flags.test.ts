import { expect, it } from "vitest";
import { type Attention, flagsOf } from "./flags.ts";

const NONE: Attention = { exceptions: null, removals: null, requests: null, heldRuns: null, leavers: null };

it("raises no flag for what is not there or not open", () => {
  expect(flagsOf(NONE)).toEqual([]);
  expect(flagsOf({ exceptions: { approvals: 0, expiring: 0 }, removals: 0, requests: 0, heldRuns: [], leavers: 0 })).toEqual([]);
});

it("puts what can hurt now before what waits for a yes", () => {
  const flags = flagsOf({ ...NONE, exceptions: { approvals: 2, expiring: 1 }, leavers: 1 });
  expect(flags.map(({ count, words }) => `${count} ${words}`)).toEqual([
    "1 person who left has live access",
    "2 exceptions wait for your approval",
    "1 exception is about to end",
  ]);
});

it("leads to the one held run, and to the sources where there are several", () => {
  const heldRuns = [
    { sourceId: "s1", runId: "r1" },
    { sourceId: "s2", runId: "r2" },
  ];
  expect(flagsOf({ ...NONE, heldRuns: heldRuns.slice(0, 1) })[0]?.href).toBe("/sources/s1/runs/r1");
  expect(flagsOf({ ...NONE, heldRuns })).toMatchObject([{ count: 2, href: "/sources" }]);
});
