import type { RiskClass } from "#lib/policy/risk.ts";
import type { ControlResult, ExceptionState, Step, SuspensionCause } from "./types.ts";

const DAY_MS = 86_400_000;

/** Which caps an exception was held to; raised with every change of the table below. */
export const EXCEPTION_RULE_VERSION = 1;
/** The longest that an exception may last, in days, at once and at each renewal. */
export const CAP_DAYS: Readonly<Record<RiskClass, number>> = { low: 365, ordinary: 180, high: 90, critical: 30 };
/** Days before its end at which an exception is told to run out. */
export const REMINDER_DAYS = [30, 14, 7] as const;
/** After so many renewals, one who never approved it has to. */
export const RENEWALS_BY_THE_SAME = 2;

export type RequestedTerms = { startsAt: Date | null; expiresAt: Date; controlDueAt: Date };
export type TermsRefusal = "starts_in_the_past" | "expires_too_soon" | "too_long" | "control_not_in_its_time";

/** Every reason why these terms cannot be asked for. A start that is not named is the approval, so it counts from now. */
export function termsRefusals({ startsAt, expiresAt, controlDueAt }: RequestedTerms, riskClass: RiskClass, now: Date): TermsRefusal[] {
  const from = startsAt ?? now;
  const refusals: TermsRefusal[] = [];
  if (startsAt !== null && startsAt.getTime() < now.getTime() - DAY_MS) refusals.push("starts_in_the_past");
  if (expiresAt <= from || expiresAt <= now) refusals.push("expires_too_soon");
  if (expiresAt.getTime() - from.getTime() > CAP_DAYS[riskClass] * DAY_MS) refusals.push("too_long");
  if (controlDueAt <= now || controlDueAt > expiresAt) refusals.push("control_not_in_its_time");
  return refusals;
}

/** A renewal is as long as a first approval may be, from now, and ends later than what it renews. */
export function renewalRefusals(expiresAt: Date, current: { expiresAt: Date; riskClass: RiskClass }, now: Date): TermsRefusal[] {
  const refusals: TermsRefusal[] = [];
  if (expiresAt <= current.expiresAt) refusals.push("expires_too_soon");
  if (expiresAt.getTime() - now.getTime() > CAP_DAYS[current.riskClass] * DAY_MS) refusals.push("too_long");
  return refusals;
}

export const isGrave = (riskClass: RiskClass): boolean => riskClass === "high" || riskClass === "critical";

/** What an approval is judged by, as it stands at that moment. People, not their many identities. */
export type ApprovalFacts = {
  state: ExceptionState;
  riskClass: RiskClass;
  isRenewalPending: boolean;
  /** The end that is asked for. */
  expiresAt: Date;
  renewals: number;
  /** Of the request and of a pending renewal. */
  requesterIds: readonly string[];
  requesterUserIds: readonly string[];
  /** Everyone who owns, holds or can use the access. */
  beneficiaryIds: readonly string[];
  /** Null where the inventory names nobody in office. */
  resourceOwnerId: string | null;
  /** Given so far for these terms. */
  approvals: readonly { step: Step; personId: string }[];
  /** Who approved any earlier terms of it. */
  earlierApproverIds: readonly string[];
};
/** mayApproveAny: holds the role that approves exceptions. */
export type Who = { userId: string | null; personId: string | null; mayApproveAny: boolean };

export type ApprovalRefusal =
  | "over"
  | "nothing_to_approve"
  | "expired"
  | "nobody"
  | "requester"
  | "beneficiary"
  | "already_approved"
  | "not_owner"
  | "not_approver"
  | "not_new";

const isAsked = ({ state, isRenewalPending }: ApprovalFacts): boolean =>
  state === "IN_APPROVAL" || (isRenewalPending && (state === "ACTIVE" || state === "SUSPENDED"));

/**
 * Who has to approve, in this order: the owner of the resource, then an approver of exceptions. Where the resource has no owner in office, or
 * the owner asked or benefits, approvers alone decide: two of them where the risk is high or critical.
 */
export function chainOf(
  facts: Pick<ApprovalFacts, "resourceOwnerId" | "requesterIds" | "beneficiaryIds" | "approvals" | "riskClass">,
): Step[] {
  const { resourceOwnerId: owner, requesterIds, beneficiaryIds, approvals, riskClass } = facts;
  const isIndependent = owner !== null && !requesterIds.includes(owner) && !beneficiaryIds.includes(owner);
  if (isIndependent || approvals.some(({ step }) => step === "resource_owner")) return ["resource_owner", "exception_approver"];
  return isGrave(riskClass) ? ["exception_approver", "second_approver"] : ["exception_approver"];
}

/** The first step of the chain that nobody has given; null where nothing waits. */
export function nextStep(facts: ApprovalFacts): Step | null {
  if (!isAsked(facts)) return null;
  return chainOf(facts).find((step) => !facts.approvals.some((given) => given.step === step)) ?? null;
}

/** Every reason an approval must be refused, in the order we show them. Empty means approve. */
export function approvalRefusals(facts: ApprovalFacts, who: Who, now: Date): ApprovalRefusal[] {
  const step = nextStep(facts);
  if (step === null) return [isPendingState(facts) ? "nothing_to_approve" : "over"];
  const refusals: ApprovalRefusal[] = [];
  if (facts.expiresAt <= now) refusals.push("expired");
  if (who.personId === null) refusals.push("nobody");
  if (isAsker(facts, who)) refusals.push("requester");
  if (who.personId !== null && facts.beneficiaryIds.includes(who.personId)) refusals.push("beneficiary");
  if (isGrave(facts.riskClass) && facts.approvals.some(({ personId }) => personId === who.personId)) refusals.push("already_approved");
  if (step === "resource_owner" && who.personId !== facts.resourceOwnerId) refusals.push("not_owner");
  if (step !== "resource_owner" && !who.mayApproveAny) refusals.push("not_approver");
  if (isNewNeeded(facts, step) && who.personId !== null && facts.earlierApproverIds.includes(who.personId)) refusals.push("not_new");
  return refusals;
}

const isPendingState = ({ state }: ApprovalFacts): boolean =>
  state === "SUBMITTED" || state === "CHANGES_REQUESTED" || state === "APPROVED" || state === "ACTIVE" || state === "SUSPENDED";

/** The last step is the last chance for somebody new to it. */
function isNewNeeded(facts: ApprovalFacts, step: Step): boolean {
  if (!facts.isRenewalPending || facts.renewals < RENEWALS_BY_THE_SAME) return false;
  const hasNew = facts.approvals.some(({ personId }) => !facts.earlierApproverIds.includes(personId));
  return step === chainOf(facts).at(-1) && !hasNew;
}

/** These name somebody trying to approve for themselves: recorded though refused. The others are everyday answers. */
export const isSensitive = (refusal: ApprovalRefusal): boolean => refusal === "requester" || refusal === "beneficiary";

/** What a person may do besides approving, by who they are to it. */
export type StandingFacts = {
  state: ExceptionState;
  requesterIds: readonly string[];
  requesterUserIds: readonly string[];
  beneficiaryIds: readonly string[];
  resourceOwnerId: string | null;
  controlOwnerId: string;
  isRenewalPending: boolean;
};
/** mayRevokeAny: security and approvers of exceptions. */
export type Stander = Who & { mayRevokeAny: boolean };

export const isAsker = (facts: Pick<StandingFacts, "requesterIds" | "requesterUserIds">, who: Who): boolean =>
  (who.personId !== null && facts.requesterIds.includes(who.personId)) ||
  (who.userId !== null && facts.requesterUserIds.includes(who.userId));

/** More time is asked for by whoever asked first, holds or owns the access, or answers for its control. */
export const mayRenew = (facts: StandingFacts, who: Who): boolean =>
  isAsker(facts, who) || (who.personId !== null && [facts.controlOwnerId, ...facts.beneficiaryIds].includes(who.personId));

export const mayRevoke = (facts: StandingFacts, who: Stander): boolean =>
  who.mayRevokeAny || (who.personId !== null && who.personId === facts.resourceOwnerId);

/** Whoever answers for the control tells of its test, or security. A test that lifts a suspension is told by nobody who asked or benefits. */
export function mayRecordTest(facts: StandingFacts, who: Stander, result: ControlResult): boolean {
  const isControlOwner = who.personId !== null && who.personId === facts.controlOwnerId;
  if (!isControlOwner && !who.mayRevokeAny) return false;
  if (facts.state !== "SUSPENDED" || result === "failed") return true;
  return who.personId !== null && !isAsker(facts, who) && !facts.beneficiaryIds.includes(who.personId);
}

export type ClockFacts = {
  state: ExceptionState;
  startsAt: Date | null;
  expiresAt: Date;
  controlDueAt: Date;
  remindedDays: number | null;
};
export type ClockMove =
  | { kind: "move"; to: "ACTIVE" | "EXPIRED" | "WITHDRAWN" }
  | { kind: "suspend"; cause: SuspensionCause }
  | { kind: "remind"; days: number };

/** What the clock does next to an exception, the gravest first; null where it waits. A date passes whatever renewal is pending. */
export function clockMove(facts: ClockFacts, now: Date): ClockMove | null {
  const { state, startsAt, expiresAt, controlDueAt, remindedDays } = facts;
  switch (state) {
    case "SUBMITTED":
    case "IN_APPROVAL":
    case "CHANGES_REQUESTED":
      return expiresAt <= now ? { kind: "move", to: "WITHDRAWN" } : null;
    case "APPROVED":
      if (expiresAt <= now) return { kind: "move", to: "WITHDRAWN" };
      return startsAt === null || startsAt <= now ? { kind: "move", to: "ACTIVE" } : null;
    case "ACTIVE": {
      if (expiresAt <= now) return { kind: "move", to: "EXPIRED" };
      if (controlDueAt <= now) return { kind: "suspend", cause: "control_overdue" };
      const days = reminderOf(expiresAt, now);
      return days !== null && (remindedDays === null || days < remindedDays) ? { kind: "remind", days } : null;
    }
    case "SUSPENDED":
      return expiresAt <= now ? { kind: "move", to: "EXPIRED" } : null;
    case "REJECTED":
    case "WITHDRAWN":
    case "EXPIRED":
    case "REVOKED":
    case "RESOLVED":
    case "SUPERSEDED":
    case "VOID":
      return null;
  }
}

/** The tightest reminder that its end has come within; null while it is further off. */
export function reminderOf(expiresAt: Date, now: Date): number | null {
  const left = expiresAt.getTime() - now.getTime();
  return REMINDER_DAYS.findLast((days) => left <= days * DAY_MS) ?? null;
}
