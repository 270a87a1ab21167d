import type { Stream } from "#lib/inventory/streams.ts";
import type { GateReason, GateVerdict, RunNumbers, StreamNumbers } from "./types.ts";

/** Who there is and what they hold: none of these may be empty, not even in a first run. */
const POPULATION: ReadonlySet<Stream> = new Set<Stream>(["people", "identities", "resources", "entitlements", "grants"]);

/** Come and go by themselves; that there are none, or fewer, says nothing. */
const FLEETING: ReadonlySet<Stream> = new Set<Stream>(["sessions"]);

/**
 * Whether what a run staged may become the inventory. Every reason is given, not the first: whoever overrides must see them all. Sums that
 * contradict themselves are our own failure and cannot be overridden.
 */
export function gateVerdict(run: RunNumbers): GateVerdict {
  const failures = run.streams.flatMap(brokenSum);
  if (run.streams.length === 0) failures.push({ kind: "no_streams" });
  if (failures.length > 0) return { kind: "fail", reasons: failures };
  const scopes = run.scopes
    .filter(({ isMandatory, isHeld }) => isMandatory && !isHeld)
    .map(({ name, purpose }): GateReason => ({ kind: "missing_scope", name, purpose }));
  const reasons = [...scopes, ...run.streams.flatMap((stream) => streamReasons(stream, run.dropThresholdPercent))];
  return reasons.length > 0 ? { kind: "hold", reasons } : { kind: "apply" };
}

/** Rows may be ended only by a run that saw everything; so may nothing be changed by one that did not. */
export const isCompleteRun = (streams: readonly StreamNumbers[]): boolean =>
  streams.every(({ completeness, stream, live }) => completeness.kind === "complete" || isNeverTold(completeness.kind, stream, live));

/** A side stream that the source never told: unknown, not missing. */
const isNeverTold = (kind: "complete" | "partial" | "unavailable", stream: Stream, live: number): boolean =>
  kind === "unavailable" && !POPULATION.has(stream) && live === 0;

function brokenSum({ stream, read, kept, excluded, rejected }: StreamNumbers): GateReason[] {
  const counts = [read, kept, excluded, rejected];
  const isSound = counts.every((count) => Number.isSafeInteger(count) && count >= 0) && read === kept + excluded + rejected;
  return isSound ? [] : [{ kind: "broken_sum", stream, read, kept, excluded, rejected }];
}

function streamReasons(numbers: StreamNumbers, thresholdPercent: number): GateReason[] {
  const { stream, declared, read, kept, live, completeness } = numbers;
  if (completeness.kind === "unavailable") {
    return isNeverTold("unavailable", stream, live) ? [] : [{ kind: "unavailable", stream, live, why: completeness.reason }];
  }
  const reasons: GateReason[] = [];
  if (completeness.kind === "partial") reasons.push({ kind: "partial", stream, read, why: completeness.reason });
  if (declared !== null && declared !== read) reasons.push({ kind: "not_as_declared", stream, declared, read });
  if (kept === 0 && (POPULATION.has(stream) || (live > 0 && !FLEETING.has(stream)))) {
    reasons.push({ kind: "zero_rows", stream, read, live });
  } else if (!FLEETING.has(stream) && live > 0 && (live - kept) * 100 > live * thresholdPercent) {
    reasons.push({ kind: "drop", stream, kept, live, thresholdPercent });
  }
  return reasons;
}

const counted = new Intl.NumberFormat("en-US");

/** A reason as a sentence, for the run's page, the audit and the evidence. */
export function gateReasonText(reason: GateReason): string {
  const n = (value: number) => counted.format(value);
  switch (reason.kind) {
    case "no_streams":
      return "The source yields no stream at all: there is nothing to import.";
    case "broken_sum":
      return `${reason.stream}: ${n(reason.read)} read is not ${n(reason.kept)} kept + ${n(reason.excluded)} excluded + ${n(reason.rejected)} rejected.`;
    case "missing_scope":
      return `The reader lacks the mandatory scope "${reason.name}". ${reason.purpose}`;
    case "unavailable":
      return `${reason.stream} could not be read (${n(reason.live)} were known before): ${reason.why}`;
    case "partial":
      return `${reason.stream} were read in part, ${n(reason.read)} of them: ${reason.why}`;
    case "zero_rows": {
      const before = reason.live === 0 ? "and there were none before" : `where there were ${n(reason.live)}`;
      return reason.read === 0
        ? `${reason.stream}: none were read, ${before}.`
        : `${reason.stream}: ${n(reason.read)} were read and none could be kept, ${before}.`;
    }
    case "drop":
      return `${reason.stream}: ${n(reason.kept)} where there were ${n(reason.live)}, a drop of ${percent(reason.live - reason.kept, reason.live)} %; the threshold is ${reason.thresholdPercent} %.`;
    case "not_as_declared":
      return `${reason.stream}: the source declares ${n(reason.declared)}, ${n(reason.read)} were read.`;
  }
}

/** One decimal, rounded down: 20.04 % must not read as the 20 % that it exceeds, nor 99.96 % as all. */
function percent(part: number, whole: number): string {
  const tenths = Math.floor((part * 1000) / whole);
  return tenths % 10 === 0 ? String(tenths / 10) : (tenths / 10).toFixed(1);
}
