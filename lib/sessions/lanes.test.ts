import { describe, expect, it } from "vitest";
import { type LaneSession, lanesOf } from "./lanes.ts";

const FROM = Date.UTC(2026, 10, 20);
const UNTIL = FROM + 86_400_000;
const at = (hour: number) => new Date(FROM + hour * 3_600_000).toISOString();
const session = (id: string, more: Partial<LaneSession> = {}): LaneSession => ({
  id,
  identity: "mara",
  identityId: null,
  source: "AWS",
  startedAt: at(6),
  lastActiveAt: at(12),
  isNow: false,
  privileged: "no",
  elevatedFrom: null,
  ...more,
});
const lanes = (...sessions: LaneSession[]) => lanesOf(sessions, FROM, UNTIL).lanes;

describe("lanes", () => {
  it.each<[string, Partial<LaneSession>, { from: number; to: number } | null]>([
    ["within the day stands where it was", {}, { from: 0.25, to: 0.5 }],
    ["that began before is cut at the beginning", { startedAt: at(-5) }, { from: 0, to: 0.5 }],
    ["that is open goes on to the end", { isNow: true }, { from: 0.25, to: 1 }],
    ["that ended before is not shown", { startedAt: at(-5), lastActiveAt: at(-1) }, null],
    ["that begins after is not shown", { startedAt: at(24), lastActiveAt: at(25) }, null],
    ["of which only the beginning is known is a point", { lastActiveAt: null }, { from: 0.25, to: 0.25 }],
  ])("a session %s", (_name, more, bar) => {
    const [lane] = lanes(session("s", more));
    expect(lane?.bars[0] ?? null).toEqual(bar && expect.objectContaining(bar));
  });

  it("mark an elevation on the lane of who elevated themselves, who come first", () => {
    const found = lanes(
      session("a", { identity: "busy" }),
      session("b", { identity: "busy" }),
      session("c", { identity: "deploy", elevatedFrom: "mara" }),
    );
    expect(found.map(({ name, bars, marks }) => [name, bars.length, marks.length])).toEqual([
      ["mara", 0, 1],
      ["busy", 2, 0],
      ["deploy", 1, 0],
    ]);
    expect(found[0]?.marks).toEqual([{ id: "c", at: 0.25, label: "deploy" }]);
  });

  it("keep identities of two sources apart, and say how many are left out", () => {
    expect(lanes(session("a"), session("b", { source: "Other" }))).toHaveLength(2);
    const many = lanesOf(
      Array.from({ length: 20 }, (_, index) => session(String(index), { identity: `i${index}` })),
      FROM,
      UNTIL,
    );
    expect([many.lanes.length, many.left]).toEqual([12, 8]);
  });
});
