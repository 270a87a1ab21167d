import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isEnded, LAPSED_STATES, mayMove, OPEN_STATES, PENDING_STATES, STANDING_STATES, STATES } from "./lifecycle.ts";
import { type ApprovalFacts, approvalRefusals, chainOf, clockMove, nextStep, type Who } from "./rules.ts";
import type { ExceptionState } from "./types.ts";

describe("the life of an exception", () => {
  it("groups every state once as pending, standing or ended", () => {
    const groups = [PENDING_STATES, STANDING_STATES, STATES.filter(isEnded)];
    expect(groups.flat().sort()).toEqual([...STATES].sort());
    expect(OPEN_STATES).toEqual([...PENDING_STATES, ...STANDING_STATES]);
  });

  it("leaves an ended one alone, and ends every pending one by a withdrawal", () => {
    for (const state of STATES) {
      expect(mayMove(state, "WITHDRAWN")).toBe(PENDING_STATES.includes(state));
      if (isEnded(state)) expect(STATES.filter((to) => mayMove(state, to))).toEqual([]);
    }
  });

  it("covers only by way of an approval, and never again once it lapsed for good", () => {
    const reach = (from: ExceptionState): ExceptionState[] => {
      const found = new Set([from]);
      for (const state of found) for (const to of STATES) if (mayMove(state, to)) found.add(to);
      return [...found];
    };
    expect(STATES.filter((state) => mayMove(state, "ACTIVE"))).toEqual(["APPROVED", "ACTIVE", "SUSPENDED"]);
    expect(STATES.filter((state) => mayMove(state, "APPROVED"))).toEqual(["IN_APPROVAL"]);
    for (const state of LAPSED_STATES.filter(isEnded)) expect(reach(state)).toEqual([state]);
  });
});

const PEOPLE = ["mia", "sam", "rob", "apa", "ben"] as const;
type Act =
  | { kind: "approve"; by: Who }
  | { kind: "changes" | "resubmit" | "renew" | "suspend" | "lift" | "revoke" }
  | { kind: "clock"; days: number };
const acts: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ personId: fc.constantFrom(null, ...PEOPLE), mayApproveAny: fc.boolean() }).map(
    ({ personId, mayApproveAny }): Act => ({
      kind: "approve",
      by: { personId, mayApproveAny, userId: personId && `${personId}'s user` },
    }),
  ),
  fc
    .constantFrom("changes" as const, "resubmit" as const, "renew" as const, "suspend" as const, "lift" as const, "revoke" as const)
    .map((kind): Act => ({ kind })),
  fc.integer({ min: 1, max: 40 }).map((days): Act => ({ kind: "clock", days })),
);

const DAY_MS = 86_400_000;
type Model = ApprovalFacts & { startsAt: null; controlDueAt: Date; remindedDays: number | null; renewal: Date | null };

/** As the commands do it: each only by the rules, each state only by the lifecycle. */
function act(model: Model, given: Act, now: Date): { model: Model; now: Date; approved?: Model } {
  const to = (state: ExceptionState): Model => {
    expect(mayMove(model.state, state)).toBe(true);
    return { ...model, state };
  };
  const afresh = {
    approvals: [],
    earlierApproverIds: [...new Set([...model.earlierApproverIds, ...model.approvals.map(({ personId }) => personId)])],
  };
  switch (given.kind) {
    case "approve": {
      const judged = { ...model, expiresAt: model.renewal ?? model.expiresAt };
      if (approvalRefusals(judged, given.by, now).length > 0) return { model, now };
      const step = nextStep(judged);
      const { personId } = given.by;
      if (step === null || personId === null) throw new Error("approved nothing, or by nobody");
      const next = { ...model, approvals: [...model.approvals, { step, personId }] };
      if (nextStep({ ...judged, approvals: next.approvals }) !== null) return { model: next, now };
      if (model.renewal)
        return {
          model: {
            ...next,
            expiresAt: model.renewal,
            renewal: null,
            isRenewalPending: false,
            renewals: model.renewals + 1,
            remindedDays: null,
          },
          now,
          approved: next,
        };
      return { model: { ...next, state: "ACTIVE" }, now, approved: next };
    }
    case "changes":
      return { model: model.state === "IN_APPROVAL" ? to("CHANGES_REQUESTED") : model, now };
    case "resubmit":
      return { model: model.state === "CHANGES_REQUESTED" ? { ...model, ...afresh, state: "IN_APPROVAL" } : model, now };
    case "renew":
      if (model.state !== "ACTIVE" || model.renewal) return { model, now };
      return { model: { ...model, ...afresh, renewal: new Date(model.expiresAt.getTime() + 10 * DAY_MS), isRenewalPending: true }, now };
    case "suspend":
      return { model: model.state === "ACTIVE" ? to("SUSPENDED") : model, now };
    case "lift":
      return { model: model.state === "SUSPENDED" ? to("ACTIVE") : model, now };
    case "revoke":
      return { model: STANDING_STATES.includes(model.state) ? to("REVOKED") : model, now };
    case "clock": {
      const later = new Date(now.getTime() + given.days * DAY_MS);
      const due = clockMove(model, later);
      if (due?.kind === "move") return { model: { ...to(due.to), isRenewalPending: false, renewal: null }, now: later };
      if (due?.kind === "suspend") return { model: to("SUSPENDED"), now: later };
      return { model: due?.kind === "remind" ? { ...model, remindedDays: due.days } : model, now: later };
    }
  }
}

it("whatever happens in whatever order: only the independent approve, two people where it is grave, and nothing outlives its date", () => {
  const START = new Date("2026-11-28T08:00:00Z");
  fc.assert(
    fc.property(
      fc.array(acts, { maxLength: 40 }),
      fc.constantFrom("low" as const, "critical" as const),
      fc.constantFrom(null, ...PEOPLE),
      (steps, riskClass, resourceOwnerId) => {
        let now = START;
        let model: Model = {
          state: "IN_APPROVAL",
          riskClass,
          isRenewalPending: false,
          expiresAt: new Date(START.getTime() + 30 * DAY_MS),
          renewals: 0,
          requesterIds: ["mia"],
          requesterUserIds: ["mia's user"],
          beneficiaryIds: ["sam"],
          resourceOwnerId,
          approvals: [],
          earlierApproverIds: [],
          startsAt: null,
          controlDueAt: new Date(START.getTime() + 200 * DAY_MS),
          remindedDays: null,
          renewal: null,
        };
        for (const step of steps) {
          const wasEnded = isEnded(model.state);
          const before = model;
          const done = act(model, step, now);
          ({ model, now } = done);
          if (wasEnded) expect(model.state).toBe(before.state);
          for (const { personId } of model.approvals) expect(["mia", "sam"]).not.toContain(personId);
          if (done.approved) {
            const people = done.approved.approvals.map(({ personId }) => personId);
            expect(people).toHaveLength(chainOf(done.approved).length);
            if (riskClass === "critical") expect(new Set(people).size).toBe(2);
            if (before.renewal && before.renewals >= 2)
              expect(people.some((person) => !before.earlierApproverIds.includes(person))).toBe(true);
          }
          if (step.kind === "clock" && STANDING_STATES.includes(model.state))
            expect(model.expiresAt.getTime()).toBeGreaterThan(now.getTime());
        }
      },
    ),
    { numRuns: 2_000 },
  );
});
