import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { STREAM_NAMES, type Stream } from "#lib/inventory/streams.ts";
import { gateReasonText, gateVerdict, isCompleteRun } from "./gate.ts";
import type { GateReason, RunNumbers, StreamNumbers } from "./types.ts";

const numbers = (stream: Stream, over: Partial<StreamNumbers> = {}): StreamNumbers => {
  const base = {
    stream,
    declared: null,
    read: 10,
    kept: 10,
    excluded: 0,
    rejected: 0,
    live: 10,
    completeness: { kind: "complete" as const },
  };
  const kept = over.kept ?? base.kept;
  return { ...base, read: kept + (over.excluded ?? 0) + (over.rejected ?? 0), ...over };
};
const run = (streams: StreamNumbers[], over: Partial<RunNumbers> = {}): RunNumbers => ({
  streams,
  scopes: [],
  dropThresholdPercent: 20,
  ...over,
});
const kindsOf = (given: RunNumbers) => {
  const verdict = gateVerdict(given);
  return verdict.kind === "apply" ? ["apply"] : [verdict.kind, ...verdict.reasons.map(({ kind }) => kind)];
};
const partial = { kind: "partial", reason: "one database refused" } as const;
const unavailable = { kind: "unavailable", reason: "no right to" } as const;

it.each<[string, RunNumbers, string[]]>([
  ["the same as before", run([numbers("grants")]), ["apply"]],
  ["no stream at all", run([]), ["fail", "no_streams"]],
  ["a sum that contradicts itself", run([numbers("grants", { read: 11 })]), ["fail", "broken_sum"]],
  ["a negative count", run([numbers("grants", { kept: -1, read: -1 })]), ["fail", "broken_sum"]],
  ["zero where there were some", run([numbers("grants", { kept: 0 })]), ["hold", "zero_rows"]],
  ["zero in a first run", run([numbers("identities", { kept: 0, live: 0 })]), ["hold", "zero_rows"]],
  ["every record refused", run([numbers("identities", { kept: 0, rejected: 9, live: 0 })]), ["hold", "zero_rows"]],
  ["no credentials, and never any", run([numbers("credentials", { kept: 0, live: 0 })]), ["apply"]],
  ["no credentials where there were some", run([numbers("credentials", { kept: 0, live: 3 })]), ["hold", "zero_rows"]],
  ["all sessions ended", run([numbers("sessions", { kept: 0, live: 900 })]), ["apply"]],
  ["a drop of exactly the threshold", run([numbers("grants", { kept: 80, live: 100 })]), ["apply"]],
  ["a drop of one more", run([numbers("grants", { kept: 79, live: 100 })]), ["hold", "drop"]],
  ["a drop by refused records", run([numbers("grants", { kept: 50, rejected: 50, live: 100 })]), ["hold", "drop"]],
  ["any drop at a threshold of zero", run([numbers("grants", { kept: 99, live: 100 })], { dropThresholdPercent: 0 }), ["hold", "drop"]],
  [
    "a drop to almost nothing at a threshold of 100",
    run([numbers("grants", { kept: 1, live: 100 })], { dropThresholdPercent: 100 }),
    ["apply"],
  ],
  ["growth", run([numbers("grants", { kept: 1000, live: 10 })]), ["apply"]],
  ["fewer than declared", run([numbers("grants", { declared: 11 })]), ["hold", "not_as_declared"]],
  ["more than declared", run([numbers("grants", { declared: 9 })]), ["hold", "not_as_declared"]],
  ["excluded and refused ones count as read", run([numbers("grants", { declared: 13, excluded: 2, rejected: 1 })]), ["apply"]],
  ["a partial read", run([numbers("grants", { completeness: partial })]), ["hold", "partial"]],
  ["grants that could not be read", run([numbers("grants", { kept: 0, live: 0, completeness: unavailable })]), ["hold", "unavailable"]],
  [
    "sessions that were never told",
    run([numbers("grants"), numbers("sessions", { kept: 0, live: 0, completeness: unavailable })]),
    ["apply"],
  ],
  [
    "sessions that were told before",
    run([numbers("grants"), numbers("sessions", { kept: 0, live: 2, completeness: unavailable })]),
    ["hold", "unavailable"],
  ],
  [
    "a missing mandatory scope",
    run([numbers("grants")], { scopes: [{ name: "a", purpose: "b", isMandatory: true, isHeld: false }] }),
    ["hold", "missing_scope"],
  ],
  [
    "a missing optional scope",
    run([numbers("grants")], { scopes: [{ name: "a", purpose: "b", isMandatory: false, isHeld: false }] }),
    ["apply"],
  ],
  [
    "everything at once, each with its reason",
    run([numbers("identities", { kept: 0 }), numbers("grants", { kept: 1, declared: 5, live: 90, completeness: partial })], {
      scopes: [{ name: "a", purpose: "b", isMandatory: true, isHeld: false }],
    }),
    ["hold", "missing_scope", "zero_rows", "partial", "not_as_declared", "drop"],
  ],
])("%s", (_name, given, expected) => {
  expect(kindsOf(given)).toEqual(expected);
});

const someNumbers: fc.Arbitrary<StreamNumbers> = fc
  .record({
    stream: fc.constantFrom(...STREAM_NAMES),
    kept: fc.nat({ max: 2_000_000 }),
    excluded: fc.nat({ max: 50 }),
    rejected: fc.nat({ max: 50 }),
    live: fc.nat({ max: 2_000_000 }),
    declared: fc.option(fc.nat({ max: 2_000_000 })),
    completeness: fc.constantFrom({ kind: "complete" as const }, partial, unavailable),
  })
  .map((drawn) => ({ ...drawn, read: drawn.kept + drawn.excluded + drawn.rejected }));
const someRun: fc.Arbitrary<RunNumbers> = fc
  .record({ streams: fc.array(someNumbers, { minLength: 1, maxLength: 9 }), dropThresholdPercent: fc.nat({ max: 100 }) })
  .map((drawn) => ({ ...drawn, scopes: [] }));

describe("whatever the numbers", () => {
  it("never applies a run that would end more than the threshold of what was live", () => {
    fc.assert(
      fc.property(someRun, (given) => {
        if (gateVerdict(given).kind !== "apply") return;
        for (const { stream, kept, live, completeness } of given.streams) {
          if (stream === "sessions" || completeness.kind !== "complete") continue;
          expect(live - kept).toBeLessThanOrEqual((live * given.dropThresholdPercent) / 100);
        }
      }),
    );
  });
  it("never applies a run that did not see everything, but for side streams that were never told", () => {
    fc.assert(
      fc.property(someRun, (given) => {
        if (gateVerdict(given).kind === "apply") expect(isCompleteRun(given.streams)).toBe(true);
      }),
    );
  });
  it("gives each reason as a sentence", () => {
    fc.assert(
      fc.property(someRun, (given) => {
        const verdict = gateVerdict(given);
        const reasons: readonly GateReason[] = verdict.kind === "apply" ? [] : verdict.reasons;
        expect(verdict.kind === "apply" || reasons.length > 0).toBe(true);
        for (const reason of reasons) expect(gateReasonText(reason)).toMatch(/^[\s\S]{10,}[.!]$|: [\s\S]+$/);
      }),
    );
  });
  it("holds no less when a stream shrinks further", () => {
    fc.assert(
      fc.property(someRun, fc.nat({ max: 100 }), (given, less) => {
        const [first, ...rest] = given.streams;
        if (!first || gateVerdict(given).kind === "apply") return;
        const kept = Math.max(0, first.kept - less);
        const shrunk = { ...first, kept, read: kept + first.excluded + first.rejected, declared: null };
        const before = gateVerdict({ ...given, streams: [{ ...first, declared: null }, ...rest] });
        if (before.kind !== "apply") expect(gateVerdict({ ...given, streams: [shrunk, ...rest] }).kind).not.toBe("apply");
      }),
    );
  });
});

it.each<[GateReason, string]>([
  [
    { kind: "drop", stream: "grants", kept: 7_996, live: 10_000, thresholdPercent: 20 },
    "grants: 7,996 where there were 10,000, a drop of 20 %; the threshold is 20 %.",
  ],
  [{ kind: "zero_rows", stream: "grants", read: 0, live: 0 }, "grants: none were read, and there were none before."],
  [{ kind: "zero_rows", stream: "grants", read: 4, live: 9 }, "grants: 4 were read and none could be kept, where there were 9."],
  [{ kind: "not_as_declared", stream: "people", declared: 1_204, read: 1_200 }, "people: the source declares 1,204, 1,200 were read."],
])("says %o", (reason, text) => {
  expect(gateReasonText(reason)).toBe(text);
});
