import { createHash } from "node:crypto";
import type { RiskClass } from "#lib/policy/risk.ts";
import type { ChecklistRow, ReviewerQuality } from "./campaign-types.ts";

/*
 * How decisions were made, told honestly, and when that is reason enough for somebody else to look at some of them again. One rule with a
 * version; a draw with a seed that nobody chooses, so that whoever has the pack can draw it again.
 */

export const QUALITY_VERSION = 1;
/** All three at once: many privileged keeps, each in a moment, with the evidence left unopened. */
const MANY_KEEPS = 20;
const FEW_SECONDS = 5;
const LITTLE_EVIDENCE_PERCENT = 20;

export type Suspicion = "many_privileged_keeps" | "seconds_each" | "evidence_unopened";

/** Every sign of a reviewer who kept privileged access without looking; empty unless all are there. What was not measured is no sign. */
export function suspicionsOf(
  quality: Pick<ReviewerQuality, "privilegedKept" | "privilegedKeepSeconds" | "privilegedKeepViewed">,
): Suspicion[] {
  const { privilegedKept, privilegedKeepSeconds, privilegedKeepViewed } = quality;
  const isMany = privilegedKept >= MANY_KEEPS;
  const isFast = privilegedKeepSeconds !== null && privilegedKeepSeconds < FEW_SECONDS;
  const isUnopened = privilegedKeepViewed * 100 < privilegedKept * LITTLE_EVIDENCE_PERCENT;
  return isMany && isFast && isUnopened ? ["many_privileged_keeps", "seconds_each", "evidence_unopened"] : [];
}

export type Candidate = { itemId: string; decisionId: string; riskClass: RiskClass };

const SMALLEST_SAMPLE = 5;
const LARGEST_SAMPLE = 25;
/** How many tickets an item has in the draw. */
const TICKETS: Readonly<Record<RiskClass, number>> = { critical: 8, high: 4, ordinary: 2, low: 1 };

export const sampleSize = (candidates: number): number =>
  Math.min(candidates, Math.max(SMALLEST_SAMPLE, Math.min(LARGEST_SAMPLE, Math.ceil(candidates / 10))));

/**
 * The items whose lowest ticket is lowest: ticket n of an item is SHA-256 of "seed,item id,n", compared as text. More tickets, better chances;
 * whole numbers only, so that any implementation draws the same.
 */
export function drawSample<T extends Candidate>(candidates: readonly T[], seed: string, size = sampleSize(candidates.length)): T[] {
  const ticket = (itemId: string, number: number) => createHash("sha256").update(`${seed},${itemId},${number}`).digest("hex");
  const lowest = ({ itemId, riskClass }: T) => Array.from({ length: TICKETS[riskClass] }, (_, at) => ticket(itemId, at)).sort()[0] ?? "";
  return candidates
    .map((candidate) => ({ candidate, place: lowest(candidate) }))
    .sort((a, b) => (a.place < b.place ? -1 : 1))
    .slice(0, size)
    .map(({ candidate }) => candidate);
}

export type LookFacts = {
  /** Reviewers with every sign of suspicion, none of whose decisions were drawn. */
  undrawn: readonly string[];
  looks: number;
  open: number;
  disagreeing: number;
};

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** CLOSING -> SIGNED_OFF: what was decided in a rush was looked at again. A different opinion is shown and does not stop the owner. */
export function secondLookGuards({ undrawn, looks, open, disagreeing }: LookFacts): ChecklistRow[] {
  const rows: ChecklistRow[] = [];
  if (undrawn.length > 0)
    rows.push({
      code: "second_look_drawn",
      isMet: false,
      text: `${undrawn.join(", ")} kept at least ${MANY_KEEPS} privileged items in under ${FEW_SECONDS} seconds each with hardly any evidence opened: have somebody look at a sample again.`,
    });
  if (looks > 0)
    rows.push({
      code: "second_looks_answered",
      isMet: open === 0,
      text: `${open > 0 ? `${open} of ${counted(looks, "second look")} waiting for an answer` : `${counted(looks, "second look")} taken`}${
        disagreeing > 0 ? `; ${disagreeing} would have revoked: reopen the item, or sign off over it` : ""
      }.`,
    });
  return rows;
}
