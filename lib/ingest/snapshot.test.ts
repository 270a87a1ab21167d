import { describe, expect, it } from "vitest";
import type { RunStreamView, RunView } from "./queries.ts";
import { snapshotOf } from "./snapshot.ts";

const now = new Date("2026-11-23T10:00:00Z");
const stream = (more: Partial<RunStreamView>): RunStreamView => ({
  stream: "grants",
  declared: null,
  read: "0",
  kept: "0",
  excluded: "0",
  rejected: "0",
  pages: 0,
  excludedBy: {},
  completeness: "complete",
  reason: null,
  rawDigest: null,
  ...more,
});
const run = (more: Partial<RunView>): RunView =>
  ({ id: "r", sourceId: "s", sourceName: "HR", state: "RUNNING", streams: [], reasons: [], heartbeatAt: null, ...more }) as RunView;

describe("how far a run is", () => {
  it("speaks of the stream that is being read", () => {
    const streams = [
      stream({ stream: "people", read: "10", declared: "10", pages: 1 }),
      stream({ read: "400", declared: "1000", pages: 4 }),
    ];
    expect(snapshotOf(run({ streams }), now)).toMatchObject({ stream: "grants", rows: "400", declared: "1000", pages: 4, isDone: false });
  });

  it("sums up once it has ended, beyond what a number holds", () => {
    const streams = [stream({ read: "9007199254740993", pages: 2 }), stream({ stream: "people", read: "10", declared: "10", pages: 1 })];
    const snapshot = snapshotOf(run({ state: "APPLIED", streams }), now);
    expect(snapshot).toMatchObject({ stream: null, rows: "9007199254741003", declared: null, pages: 3, isDone: true, message: null });
  });

  it("gives the reasons of a held run, and says when there is no word from the worker", () => {
    const reasons = [
      { kind: "drop", text: "Grants fell." },
      { kind: "partial", text: "A page was missing." },
    ];
    expect(snapshotOf(run({ state: "HELD", reasons }), now).message).toBe("Grants fell. A page was missing.");
    expect(snapshotOf(run({ heartbeatAt: "2026-11-23T09:59:55Z", streams: [stream({})] }), now).message).toBeNull();
    expect(snapshotOf(run({ heartbeatAt: "2026-11-23T09:59:00Z", streams: [stream({})] }), now).message).toMatch(/No word from its worker/);
  });
});
