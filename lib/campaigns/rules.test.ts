import { describe, expect, it } from "vitest";
import { BEFORE_SIGN_OFF, closeGuards, launchGuards, mayItemMove, mayMove, signOffGuards, unmet, waitingOf } from "./lifecycle.ts";
import {
  blocksOf,
  type DecisionAttempt,
  type DecisionFacts,
  decisionRefusals,
  type HopFacts,
  hopRefusals,
  isLate,
  needsRationale,
  type SourceFacts,
  secondPersonRefusals,
} from "./rules.ts";
import { silenceRule } from "./silence.ts";

const DAY = 86_400_000;
const now = new Date("2026-03-01T12:00:00Z");

describe("a decision", () => {
  const facts: DecisionFacts = {
    campaignState: "ACTIVE",
    itemState: "ASSIGNED",
    kind: "grant",
    way: null,
    identityClass: "human",
    version: 3,
    reviewerId: "mia",
    subjectIds: ["sam", "sam"],
    privileged: "no",
    suggested: "none",
  };
  const keep: DecisionAttempt = { personId: "mia", version: 3, answer: "keep", rationale: null };
  it.each<[string, Partial<DecisionFacts>, Partial<DecisionAttempt>, string[]]>([
    ["is taken from its reviewer", {}, {}, []],
    ["is never taken from the person it is about, as frozen", { subjectIds: ["mia", null] }, {}, ["self"]],
    ["is never taken from the person it is about, as matched since", { subjectIds: [null, "mia"] }, {}, ["self"]],
    ["is not taken from somebody else", {}, { personId: "rob" }, ["not_reviewer"]],
    ["is not taken from a user without a person", { subjectIds: [null, null], reviewerId: null }, { personId: null }, ["not_reviewer"]],
    ["is not taken while the campaign is paused", { campaignState: "PAUSED" }, {}, ["campaign_not_active"]],
    ["is taken for a reopened item while the campaign closes", { campaignState: "CLOSING" }, {}, []],
    ["is not taken once handed in", { itemState: "SUBMITTED" }, {}, ["item_closed"]],
    ["is not taken against an older version", {}, { version: 2 }, ["stale"]],
    ["needs a reason to revoke", {}, { answer: "revoke" }, ["no_rationale"]],
    ["needs a reason to keep what is privileged", { privileged: "yes" }, { rationale: "   " }, ["no_rationale"]],
    ["needs no reason to keep what is not known to be privileged", { privileged: "unknown" }, {}, []],
    ["is not taken where it does not fit what is under review", {}, { answer: "rotate", rationale: "Old." }, ["does_not_fit"]],
    ["fits a machine's access", { identityClass: "pipeline" }, { answer: "rotate", rationale: "Old." }, []],
    ["needs a reason to rotate", { identityClass: "pipeline" }, { answer: "rotate" }, ["no_rationale"]],
    ["is never a revoke of an identity, which is retired", { kind: "identity" }, { answer: "revoke", rationale: "x" }, ["does_not_fit"]],
    ["needs a reason to go against the suggestion", { suggested: "revoke" }, {}, ["no_rationale"]],
    ["needs none to follow it", { suggested: "keep" }, {}, []],
    ["is not withdrawn where there is none", {}, { answer: "withdrawn" }, ["nothing_to_withdraw"]],
    [
      "is refused for every reason at once, the gravest first",
      { subjectIds: ["mia"], campaignState: "PAUSED" },
      { answer: "abstain", version: 1 },
      ["self", "campaign_not_active", "stale", "no_rationale"],
    ],
  ])("%s", (_name, given, attempt, expected) => {
    expect(decisionRefusals({ ...facts, ...given }, { ...keep, ...attempt })).toEqual(expected);
  });

  it("is late after its due date, and only then", () => {
    expect([isLate(null, now), isLate(now, now), isLate(new Date(now.getTime() - 1), now)]).toEqual([false, false, true]);
    expect((["keep", "revoke", "abstain"] as const).map((answer) => needsRationale(answer, "no", "none"))).toEqual([false, true, true]);
  });
});

describe("a source", () => {
  const good: SourceFacts = {
    sourceId: "s",
    sourceName: "S",
    sourceState: "active",
    grants: 1,
    applied: { finishedAt: new Date(now.getTime() - DAY), isComplete: true },
    latest: { state: "APPLIED", startedAt: now },
    isHeld: false,
  };
  it.each<[string, Partial<SourceFacts>, string[]]>([
    ["goes in when it is fresh, complete and not empty", {}, []],
    ["goes in while it is being read again", { latest: { state: "RUNNING", startedAt: now } }, []],
    ["goes in a moment before it is stale", { applied: { finishedAt: new Date(now.getTime() - 7 * DAY + 1), isComplete: true } }, []],
    ["is stale on the seventh day", { applied: { finishedAt: new Date(now.getTime() - 7 * DAY), isComplete: true } }, ["stale"]],
    ["is blocked when only a part of it was read", { applied: { finishedAt: now, isComplete: false } }, ["partial"]],
    ["is blocked when it is empty", { grants: 0 }, ["empty"]],
    ["is blocked while the gate holds a run", { isHeld: true }, ["held"]],
    ["is blocked when its last run failed", { latest: { state: "FAILED", startedAt: now } }, ["failed_last"]],
    ["is blocked when it was never read", { applied: null, latest: null, grants: 0 }, ["never_applied"]],
    ["is blocked when it is retired", { sourceState: "retired" }, ["retired"]],
    [
      "tells every reason",
      { isHeld: true, grants: 0, applied: { finishedAt: new Date(now.getTime() - 9 * DAY), isComplete: false } },
      ["stale", "partial", "empty", "held"],
    ],
  ])("%s", (_name, given, expected) => {
    expect(blocksOf({ ...good, ...given }, now, 7).map(({ reason }) => reason)).toEqual(expected);
  });
});

describe("handing an item over", () => {
  const facts: HopFacts = { hops: 0, heldBy: ["mia"], reviewerId: "rob", dependences: [], isSelfService: true };
  it.each<[string, Partial<HopFacts>, string, string[]]>([
    ["goes to somebody new", {}, "fay", []],
    ["never to its subject", { dependences: ["self"] }, "sam", ["self"]],
    ["never to who is not independent of it", { dependences: ["granted_it", "loop"] }, "fay", ["granted_it", "loop"]],
    ["never back", {}, "mia", ["held_before"]],
    ["not to who has it", { heldBy: ["mia", "rob"] }, "rob", ["same_reviewer"]],
    ["not a fourth time by reviewers themselves", { hops: 3 }, "fay", ["too_many_hops"]],
    ["still by who runs the campaign", { hops: 3, isSelfService: false }, "fay", []],
  ])("%s", (_name, given, to, expected) => {
    expect(hopRefusals({ ...facts, ...given }, to)).toEqual(expected);
  });
});

it.each([
  ["another user of another person", "u2", "p2", "pending", []],
  ["another user without a person", "u2", null, "pending", []],
  ["the same user", "u1", "p1", "pending", ["same_user"]],
  ["another user of the same person", "u2", "p1", "pending", ["same_person"]],
  ["nobody who is signed in", null, null, "pending", ["same_user"]],
  ["somebody, for what was confirmed already", "u2", "p2", "confirmed", ["not_pending"]],
])("the second person may be: %s", (_name, userId, personId, state, expected) => {
  const request = { state, requestedBy: "u1", requestedPersonId: "p1", expiresAt: new Date(now.getTime() + 1) };
  expect(secondPersonRefusals(request, userId, personId, now)).toEqual(expected);
  expect(secondPersonRefusals({ ...request, expiresAt: now }, userId, personId, now)).toContain("expired");
});

describe("the life of a campaign", () => {
  it("knows no way from an end, and none back from the sign-off", () => {
    for (const end of ["CANCELLED", "ARCHIVED", "NOT_APPLICABLE"] as const)
      expect(mayMove(end, "ACTIVE") || mayMove(end, "DRAFT")).toBe(false);
    expect(mayMove("SIGNED_OFF", "ACTIVE") || mayMove("SIGNED_OFF", "CANCELLED") || mayMove("ACTIVE", "SIGNED_OFF")).toBe(false);
    expect(mayMove("STAGED", "DRAFT") && mayMove("BLOCKED", "COLLECTING") && mayMove("CLOSING", "SIGNED_OFF")).toBe(true);
    expect(BEFORE_SIGN_OFF).toEqual(["DRAFT", "COLLECTING", "BLOCKED", "STAGED", "ACTIVE", "PAUSED", "CLOSING"]);
  });

  it("ends an item in FINAL, and reopens only what was handed in or void", () => {
    for (const to of ["ASSIGNED", "DRAFTED", "VOIDED", "DECIDED"] as const) expect(mayItemMove("FINAL", to)).toBe(false);
    expect(mayItemMove("SUBMITTED", "ASSIGNED") && mayItemMove("DECIDED", "ASSIGNED") && mayItemMove("VOIDED", "ASSIGNED")).toBe(true);
    expect(mayItemMove("ASSIGNED", "SUBMITTED")).toBe(false);
  });

  it("tells every guard of a launch, met or not", () => {
    const facts = { items: 5, withoutReviewer: 1, ineligibleReviewer: 2, withoutSignIn: 1, dueAt: now, now };
    expect(unmet(launchGuards(facts)).map(({ code }) => code)).toEqual([
      "every_item_has_a_reviewer",
      "every_reviewer_is_eligible",
      "due_in_the_future",
    ]);
    expect(unmet(launchGuards({ ...facts, withoutReviewer: 0, ineligibleReviewer: 0, dueAt: new Date(now.getTime() + 1) }))).toEqual([]);
  });

  it("closes when everything is in, or when it is due; signs off when nothing waits", () => {
    const later = new Date(now.getTime() + 1);
    expect(
      [
        closeGuards({ open: 0, dueAt: later, now, roundsLeft: 0 }),
        closeGuards({ open: 2, dueAt: now, now, roundsLeft: 0 }),
        closeGuards({ open: 2, dueAt: later, now, roundsLeft: 0 }),
        closeGuards({ open: 0, dueAt: now, now, roundsLeft: 1 }),
      ].map((guards) => unmet(guards).length),
    ).toEqual([0, 0, 1, 1]);
    expect(
      [signOffGuards({ open: 0, undecided: 0 }), signOffGuards({ open: 1, undecided: 0 }), signOffGuards({ open: 0, undecided: 1 })].map(
        (guards) => unmet(guards).length,
      ),
    ).toEqual([0, 1, 1]);
  });
});

it.each([
  ["critical", "human", "suspend_with_restore"],
  ["high", "pipeline", "escalate_then_security"],
  ["ordinary", "human", "escalate_then_revoke"],
  ["ordinary", "service", "escalate_then_finding"],
  ["low", "workload", "escalate_then_keep"],
  ["low", "break_glass", "security_decides"],
] as const)("silence over %s access of a %s asks to %s", (risk, identityClass, expected) => {
  expect(silenceRule(risk, identityClass)).toBe(expected);
});

it("counts as waiting what can be answered or handed in now, and nothing of a campaign that is paused", () => {
  const review = (state: "ACTIVE" | "PAUSED" | "CLOSING") => ({ state, open: 3, drafted: 2 });
  expect(waitingOf([review("ACTIVE"), review("PAUSED"), review("CLOSING")])).toEqual({ toDecide: 6, toHandIn: 4 });
  expect(waitingOf([])).toEqual({ toDecide: 0, toHandIn: 0 });
});
