import { describe, expect, it } from "vitest";
import { RISK_CLASSES } from "#lib/policy/risk.ts";
import { approvalText, termsProblem } from "./refusal-words.ts";
import {
  type ApprovalFacts,
  type ApprovalRefusal,
  approvalRefusals,
  CAP_DAYS,
  type ClockFacts,
  type ClockMove,
  chainOf,
  clockMove,
  mayRecordTest,
  mayRenew,
  mayRevoke,
  nextStep,
  type RequestedTerms,
  reminderOf,
  renewalRefusals,
  type StandingFacts,
  type TermsRefusal,
  termsRefusals,
  type Who,
} from "./rules.ts";
import type { Step } from "./types.ts";

const NOW = new Date("2026-11-28T08:00:00Z");
const day = (days: number) => new Date(NOW.getTime() + days * 86_400_000);

const terms = (more: Partial<RequestedTerms> = {}): RequestedTerms => ({
  startsAt: null,
  expiresAt: day(20),
  controlDueAt: day(10),
  ...more,
});

describe("terms", () => {
  it.each<[string, RequestedTerms, TermsRefusal[]]>([
    ["within the cap, with a control tested in their time", terms(), []],
    ["to the last instant of the cap", terms({ expiresAt: day(30) }), []],
    ["past the cap", terms({ expiresAt: day(30.01) }), ["too_long"]],
    ["past the cap from now, within it from a later start", terms({ startsAt: day(5), expiresAt: day(34) }), []],
    ["past the cap from their start", terms({ startsAt: day(5), expiresAt: day(36) }), ["too_long"]],
    ["that begin in the past", terms({ startsAt: day(-3) }), ["starts_in_the_past"]],
    ["that begin today", terms({ startsAt: day(-0.5) }), []],
    ["that have ended", terms({ expiresAt: day(-1) }), ["expires_too_soon", "control_not_in_its_time"]],
    ["that end before they begin", terms({ startsAt: day(21) }), ["expires_too_soon"]],
    ["whose control is tested after their end", terms({ controlDueAt: day(21) }), ["control_not_in_its_time"]],
    ["whose control should have been tested", terms({ controlDueAt: day(-1) }), ["control_not_in_its_time"]],
  ])("%s", (_name, given, refusals) => {
    expect(termsRefusals(given, "critical", NOW)).toEqual(refusals);
  });

  it("are shorter the graver the risk", () => {
    const caps = RISK_CLASSES.map((riskClass) => CAP_DAYS[riskClass]);
    expect(caps).toEqual(caps.toSorted((a, b) => b - a));
  });

  it.each<[string, Date, TermsRefusal[]]>([
    ["later than the end, within the cap from now", day(25), []],
    ["no later than the end", day(10), ["expires_too_soon"]],
    ["past the cap from now", day(31), ["too_long"]],
  ])("of a renewal: %s", (_name, expiresAt, refusals) => {
    expect(renewalRefusals(expiresAt, { expiresAt: day(10), riskClass: "critical" }, NOW)).toEqual(refusals);
  });
});

const facts = (more: Partial<ApprovalFacts> = {}): ApprovalFacts => ({
  state: "IN_APPROVAL",
  riskClass: "high",
  isRenewalPending: false,
  expiresAt: day(20),
  renewals: 0,
  requesterIds: ["mia"],
  requesterUserIds: ["mia's user"],
  beneficiaryIds: ["sam"],
  resourceOwnerId: "rob",
  approvals: [],
  earlierApproverIds: [],
  ...more,
});
const who = (personId: string | null, more: Partial<Who> = {}): Who => ({
  userId: personId ? `${personId}'s user` : "a user",
  personId,
  mayApproveAny: false,
  ...more,
});
const approver = { mayApproveAny: true };
const byRob = { step: "resource_owner", personId: "rob" } as const;
const byApa = { step: "exception_approver", personId: "apa" } as const;

describe("the chain", () => {
  it.each<[string, ApprovalFacts, Step[], Step | null]>([
    ["is the resource's owner, then an approver", facts(), ["resource_owner", "exception_approver"], "resource_owner"],
    ["goes on to the approver", facts({ approvals: [byRob] }), ["resource_owner", "exception_approver"], "exception_approver"],
    ["ends with the approver", facts({ approvals: [byRob, byApa] }), ["resource_owner", "exception_approver"], null],
    [
      "without an owner is two approvers at high risk",
      facts({ resourceOwnerId: null }),
      ["exception_approver", "second_approver"],
      "exception_approver",
    ],
    [
      "without an owner is one approver at ordinary risk",
      facts({ resourceOwnerId: null, riskClass: "ordinary" }),
      ["exception_approver"],
      "exception_approver",
    ],
    ["passes over an owner who asked", facts({ resourceOwnerId: "mia" }), ["exception_approver", "second_approver"], "exception_approver"],
    [
      "passes over an owner who benefits",
      facts({ resourceOwnerId: "sam", riskClass: "low" }),
      ["exception_approver"],
      "exception_approver",
    ],
    [
      "keeps the owner's step once given, though the owner has left",
      facts({ resourceOwnerId: null, approvals: [byRob] }),
      ["resource_owner", "exception_approver"],
      "exception_approver",
    ],
    ["waits for nobody while changes are asked for", facts({ state: "CHANGES_REQUESTED" }), ["resource_owner", "exception_approver"], null],
    [
      "is asked again for a renewal",
      facts({ state: "ACTIVE", isRenewalPending: true }),
      ["resource_owner", "exception_approver"],
      "resource_owner",
    ],
  ])("%s", (_name, given, chain, next) => {
    expect([chainOf(given), nextStep(given)]).toEqual([chain, next]);
  });
});

describe("an approval", () => {
  const renewal = { state: "ACTIVE", isRenewalPending: true, renewals: 2, earlierApproverIds: ["rob", "apa"] } as const;
  it.each<[string, ApprovalFacts, Who, ApprovalRefusal[]]>([
    ["is the resource owner's first", facts(), who("rob"), []],
    ["is not an approver's while the owner has not given it", facts(), who("apa", approver), ["not_owner"]],
    ["is an approver's then", facts({ approvals: [byRob] }), who("apa", approver), []],
    ["is nobody else's then", facts({ approvals: [byRob] }), who("pat"), ["not_approver"]],
    ["is never the requester's", facts({ approvals: [byRob] }), who("mia", approver), ["requester"]],
    [
      "is never the requester's under another user",
      facts({ approvals: [byRob] }),
      who("mia", { ...approver, userId: "other" }),
      ["requester"],
    ],
    [
      "is never the requester's user's, whoever it is linked to by now",
      facts({ approvals: [byRob] }),
      who("apa", { ...approver, userId: "mia's user" }),
      ["requester"],
    ],
    ["is never a beneficiary's", facts({ approvals: [byRob] }), who("sam", approver), ["beneficiary"]],
    ["is nobody's whom nobody knows", facts({ approvals: [byRob] }), who(null, approver), ["nobody"]],
    ["is no second step of one person at high risk", facts({ approvals: [byRob] }), who("rob", approver), ["already_approved"]],
    ["may be both steps of one person at ordinary risk", facts({ approvals: [byRob], riskClass: "ordinary" }), who("rob", approver), []],
    ["is too late once the end has passed", facts({ expiresAt: NOW }), who("rob"), ["expired"]],
    ["finds nothing while changes are asked for", facts({ state: "CHANGES_REQUESTED" }), who("rob"), ["nothing_to_approve"]],
    ["finds nothing where no renewal is asked for", facts({ state: "ACTIVE" }), who("rob"), ["nothing_to_approve"]],
    ["finds an ended one over", facts({ state: "EXPIRED" }), who("rob"), ["over"]],
    ["of a second renewal may be the same people's", facts({ ...renewal, renewals: 1, approvals: [byRob] }), who("apa", approver), []],
    [
      "of a third renewal takes somebody new at its last step",
      facts({ ...renewal, approvals: [byRob] }),
      who("apa", approver),
      ["not_new"],
    ],
    ["of a third renewal is anybody new's", facts({ ...renewal, approvals: [byRob] }), who("ben", approver), []],
    [
      "of a third renewal may be the same one's after somebody new",
      facts({ ...renewal, approvals: [{ ...byRob, personId: "new owner" }] }),
      who("apa", approver),
      [],
    ],
    ["of a third renewal may begin with the same one", facts(renewal), who("rob"), []],
  ])("%s", (_name, given, by, refusals) => {
    expect(approvalRefusals(given, by, NOW)).toEqual(refusals);
  });
});

const standing = (more: Partial<StandingFacts> = {}): StandingFacts => ({
  state: "ACTIVE",
  requesterIds: ["mia"],
  requesterUserIds: ["mia's user"],
  beneficiaryIds: ["sam"],
  resourceOwnerId: "rob",
  controlOwnerId: "cleo",
  isRenewalPending: false,
  ...more,
});
const stander = (personId: string | null, mayRevokeAny = false) => ({ ...who(personId), mayRevokeAny });

describe("who else may", () => {
  it.each<[string, StandingFacts, ReturnType<typeof stander>, "passed" | "failed", boolean]>([
    ["the control's owner", standing(), stander("cleo"), "passed", true],
    ["security", standing(), stander("sec", true), "failed", true],
    ["the requester", standing(), stander("mia"), "passed", false],
    ["a control's owner who asked, while it is in force", standing({ controlOwnerId: "mia" }), stander("mia"), "passed", true],
    [
      "a control's owner who asked, to lift a suspension",
      standing({ controlOwnerId: "mia", state: "SUSPENDED" }),
      stander("mia"),
      "passed",
      false,
    ],
    [
      "a control's owner who asked, to say that it failed again",
      standing({ controlOwnerId: "mia", state: "SUSPENDED" }),
      stander("mia"),
      "failed",
      true,
    ],
    ["a beneficiary, to lift a suspension", standing({ controlOwnerId: "sam", state: "SUSPENDED" }), stander("sam"), "passed", false],
    ["security that nobody knows, to lift a suspension", standing({ state: "SUSPENDED" }), stander(null, true), "passed", false],
    ["the control's owner, to lift a suspension", standing({ state: "SUSPENDED" }), stander("cleo"), "passed", true],
  ])("record a test: %s", (_name, given, by, result, may) => {
    expect(mayRecordTest(given, by, result)).toBe(may);
  });

  it.each<[string, ReturnType<typeof stander>, boolean]>([
    ["the resource's owner", stander("rob"), true],
    ["security or an approver", stander("apa", true), true],
    ["the requester", stander("mia"), false],
    ["nobody known", stander(null), false],
  ])("revoke: %s", (_name, by, may) => {
    expect(mayRevoke(standing(), by)).toBe(may);
  });

  it.each<[string, ReturnType<typeof stander>, boolean]>([
    ["the requester", stander("mia"), true],
    ["the holder", stander("sam"), true],
    ["the control's owner", stander("cleo"), true],
    ["anybody else", stander("pat"), false],
    ["nobody known", stander(null, true), false],
  ])("ask for more time: %s", (_name, by, may) => {
    expect(mayRenew(standing(), by)).toBe(may);
  });
});

const clock = (more: Partial<ClockFacts> = {}): ClockFacts => ({
  state: "ACTIVE",
  startsAt: null,
  expiresAt: day(60),
  controlDueAt: day(50),
  remindedDays: null,
  ...more,
});

describe("the clock", () => {
  it.each<[string, ClockFacts, ClockMove | null]>([
    ["leaves what has time", clock(), null],
    ["ends what has come to its date", clock({ expiresAt: NOW }), { kind: "move", to: "EXPIRED" }],
    ["ends it though its control is overdue too", clock({ expiresAt: NOW, controlDueAt: day(-9) }), { kind: "move", to: "EXPIRED" }],
    ["ends what is suspended", clock({ state: "SUSPENDED", expiresAt: NOW }), { kind: "move", to: "EXPIRED" }],
    ["suspends what was not tested in time", clock({ controlDueAt: NOW }), { kind: "suspend", cause: "control_overdue" }],
    ["begins what is approved", clock({ state: "APPROVED" }), { kind: "move", to: "ACTIVE" }],
    ["waits for a later start", clock({ state: "APPROVED", startsAt: day(1) }), null],
    ["takes back what was approved too late", clock({ state: "APPROVED", expiresAt: NOW }), { kind: "move", to: "WITHDRAWN" }],
    ["takes back what nobody decided in time", clock({ state: "IN_APPROVAL", expiresAt: NOW }), { kind: "move", to: "WITHDRAWN" }],
    ["reminds at 30 days", clock({ expiresAt: day(29), controlDueAt: day(28) }), { kind: "remind", days: 30 }],
    ["reminds at 14 though 30 was missed", clock({ expiresAt: day(13), controlDueAt: day(12) }), { kind: "remind", days: 14 }],
    ["reminds once", clock({ expiresAt: day(13), controlDueAt: day(12), remindedDays: 14 }), null],
    ["reminds again at 7", clock({ expiresAt: day(6), controlDueAt: day(5), remindedDays: 14 }), { kind: "remind", days: 7 }],
    ["leaves what has ended", clock({ state: "REVOKED", expiresAt: NOW }), null],
  ])("%s", (_name, given, move) => {
    expect(clockMove(given, NOW)).toEqual(move);
  });

  it.each([
    [31, null],
    [30, 30],
    [14.5, 30],
    [14, 14],
    [7, 7],
    [-1, 7],
  ])("has come within the reminder of %s days before the end: %s", (left, days) => {
    expect(reminderOf(day(left), NOW)).toBe(days);
  });
});

it("says every refusal in a sentence", () => {
  const approvals = [
    "over",
    "nothing_to_approve",
    "expired",
    "nobody",
    "requester",
    "beneficiary",
    "already_approved",
    "not_owner",
    "not_approver",
    "not_new",
  ] as const satisfies readonly ApprovalRefusal[];
  const termsRefused = [
    "starts_in_the_past",
    "expires_too_soon",
    "too_long",
    "control_not_in_its_time",
  ] as const satisfies readonly TermsRefusal[];
  const said = [...approvals.map(approvalText), ...termsRefused.map((refusal) => termsProblem(refusal, "high").text)];
  for (const text of said) expect(text).toMatch(/^[A-Z].*\.$/);
});
