import { expect, it } from "vitest";
import { campaignStateOf, isOpen, isUnproven, mayMove, OPEN_STATES, REPLACEABLE_STATES, STATES, UNDONE_STATES } from "./lifecycle.ts";

/** The whole table once more, as the document draws it: every pair that is not named is refused. */
const DRAWN = `
PLANNED > APPROVED MANUAL_REQUIRED SUPERSEDED
APPROVED > QUEUED MANUAL_REQUIRED SUPERSEDED
QUEUED > RUNNING APPROVED SUPERSEDED
RUNNING > APPLIED_UNVERIFIED ALREADY_GONE NOT_EFFECTIVE NOT_SUPPORTED FAILED MANUAL_REQUIRED
FAILED > QUEUED MANUAL_REQUIRED SUPERSEDED
APPLIED_UNVERIFIED > VERIFIED NOT_EFFECTIVE RESTORED SUPERSEDED
ALREADY_GONE > VERIFIED NOT_EFFECTIVE SUPERSEDED
CLAIMED_DONE > VERIFIED NOT_EFFECTIVE SUPERSEDED
NOT_EFFECTIVE > MANUAL_REQUIRED SUPERSEDED
NOT_SUPPORTED > MANUAL_REQUIRED COVERED SUPERSEDED
MANUAL_REQUIRED > TICKETED CLAIMED_DONE PLANNED COVERED SUPERSEDED
TICKETED > CLAIMED_DONE COVERED SUPERSEDED
COVERED > PLANNED SUPERSEDED
VERIFIED > RESTORED`;

it("moves as drawn, and no other way", () => {
  const moves = STATES.flatMap((from) => {
    const to = STATES.filter((state) => mayMove(from, state));
    return to.length > 0 ? [`${from} ${[...to].sort().join(" ")}`] : [];
  });
  const drawn = DRAWN.trim()
    .split("\n")
    .map((line) => {
      const [from, to] = line.split(" > ");
      return `${from} ${to?.split(" ").sort().join(" ")}`;
    });
  expect(moves.sort()).toEqual(drawn.sort());
});

it("nothing is verified but what was said to be done", () => {
  expect(STATES.filter((state) => mayMove(state, "VERIFIED"))).toEqual(STATES.filter(isUnproven));
});

it("every open task can be superseded, but for one that a worker has in hand", () => {
  expect(OPEN_STATES.filter((state) => !mayMove(state, "SUPERSEDED"))).toEqual(["RUNNING"]);
  expect(REPLACEABLE_STATES.filter((state) => !isOpen(state))).toEqual(["COVERED"]);
});

it("a campaign verifies once nothing is left to do in the source", () => {
  expect(UNDONE_STATES).not.toContain("APPLIED_UNVERIFIED");
  expect(UNDONE_STATES).toContain("NOT_EFFECTIVE");
  expect([campaignStateOf(0), campaignStateOf(1)]).toEqual(["VERIFYING", "REMEDIATING"]);
});
