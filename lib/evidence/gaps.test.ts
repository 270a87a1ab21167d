import { describe, expect, it } from "vitest";
import { GAP_CODES, type GapCode, gapsOf, gapsText, STANDING_GAPS } from "./gaps.ts";
import type { LedgerFacts, PackFacts, SourceFacts } from "./pack-facts.ts";

const LEDGER: LedgerFacts = {
  source: "HR",
  stream: "people",
  declared: "10",
  read: "10",
  kept: "10",
  excluded: "0",
  rejected: "0",
  pages: "1",
  completeness: "complete",
  reason: null,
};
const SOURCE: SourceFacts = {
  id: "s1",
  name: "HR",
  connector: "files",
  product: null,
  account: null,
  endpoint: null,
  runId: "r1",
  observedAt: null,
  isComplete: true,
  isFullRead: true,
  overrideReason: null,
  items: 10,
  files: 2,
  unattestedFiles: 0,
  eventBatches: 1,
  isPaused: false,
  isRetired: false,
};

/** A campaign of which everything is known and done. */
const CLEAN: PackFacts = {
  campaign: {
    id: "c1",
    name: "Q4",
    owner: "Olga",
    ownerUserId: "u1",
    state: "CLOSED",
    scope: {},
    plan: {},
    cycle: { templateId: "t1", version: 1, digest: "0", at: "", previousAt: null, nextAt: null },
    instructions: "Look.",
    instructionsVersion: 1,
    zone: "UTC",
    policyDigest: "0",
    watchDays: 30,
    parentId: null,
    createdAt: "",
    stagedAt: null,
    launchedAt: null,
    dueAt: "",
    closingAt: null,
    signedOffAt: "",
    closedAt: null,
  },
  population: { digest: "0", itemsDigest: "0", signature: "", keyId: "k", items: 10, frozenAt: "" },
  signOff: { user: "Olga", userId: "u1", signedAt: "", confirmedBy: "oidc", attestation: "", digest: "0", counts: {}, eventId: "1" },
  checkpoint: { origin: "o", treeSize: 1, signedAt: "", fingerprint: "" },
  product: { version: "0" },
  isDemo: false,
  ledger: [LEDGER],
  sources: [SOURCE],
  leftOut: [],
  exclusions: [],
  byClass: { human: 1, service: 1, pipeline: 1, workload: 1, app: 1, shared: 1, break_glass: 1 },
  unknown: {},
  identities: { inScope: 10, people: 10, orphaned: 0, unowned: 0, ownerLeft: 0 },
  tieOut: { peopleInOffice: 10, peopleWithItems: 10, sources: 1 },
  cyclesUnexplained: 0,
  notIndependent: 0,
  overlapping: [],
  letThrough: [],
  risks: [],
  reviewers: [],
  revokes: [],
  conflicts: { items: 0, unsettled: 0, wereLookedFor: true },
  secondLooks: { looks: 0, disagreeing: 0 },
  totals: {
    items: 10,
    decisions: 10,
    decided: 10,
    reviewers: 1,
    revokes: 1,
    reassignments: 0,
    submissions: 1,
    secondPerson: 0,
    events: 20,
    grantedAfterFreeze: 0,
    runs: 1,
  },
  eventTypes: [],
  decisions: { byPassword: 0, byToken: 0, bySso: 10, ssoWithoutFactors: 0, late: 0, unmeasured: 0, bulk: 0 },
  silence: { items: 0, highOrCritical: 0, byRule: [] },
  voided: [],
  reviewersSilent: { reviewers: 0, items: 0 },
  remediation: { planned: 1, notPlanned: 0, byState: { VERIFIED: 1 }, overdue: 0, regrown: 0, watching: 0, frozen: [] },
  notifications: { told: 3, mailOff: 0, withoutAddress: 0, undelivered: 0, waiting: 0 },
  exceptions: { total: 0, undecided: 0, lapsed: 0, untested: 0, rows: [] },
  checks: { population: true, final: true, signature: true },
  namesGone: 0,
};

const { decisions, exceptions, remediation, identities, totals, checks, signOff, notifications } = CLEAN;
const CASES: readonly [GapCode, Partial<PackFacts>, count: number | null, says: string][] = [
  ["demo", { isDemo: true }, null, "demonstration"],
  ["digest_differs", { checks: { ...checks, final: false } }, null, "do not rely on this pack"],
  ["digest_differs", { checks: { ...checks, population: false } }, null, "population's manifest"],
  ["population_signature", { checks: { ...checks, signature: false } }, null, "does not verify"],
  ["population_signature", { checks: { ...checks, signature: null } }, null, "no longer holds"],
  ["sources_left_out", { leftOut: ["Payroll", "Git"] }, 2, "Payroll, Git"],
  ["let_through", { letThrough: ["HR: stale."] }, 1, "HR: stale."],
  ["run_let_through", { sources: [{ ...SOURCE, overrideReason: "The drop is real." }] }, 1, "The drop is real."],
  ["run_partial", { sources: [{ ...SOURCE, isComplete: false }] }, 1, "HR"],
  ["run_partial", { sources: [{ ...SOURCE, runId: null }] }, 1, "HR"],
  [
    "stream_not_told",
    { ledger: [{ ...LEDGER, completeness: "unavailable", reason: "no scope" }] },
    1,
    "HR: people unavailable (no scope).",
  ],
  ["total_not_declared", { ledger: [LEDGER, { ...LEDGER, declared: "not declared" }] }, 1, "1 stream of 2"],
  ["records_rejected", { ledger: [{ ...LEDGER, rejected: "3" }] }, 3, "3 records"],
  ["files_unattested", { sources: [{ ...SOURCE, unattestedFiles: 1 }] }, 1, "1 of 2 uploaded files is unattested"],
  ["unknown_privileged", { unknown: { privileged: 4 } }, 4, "4 items"],
  ["unknown_last_used", { unknown: { last_used: 1200 } }, 1200, "1,200 items"],
  ["unknown_factors", { unknown: { factors_of_identities: 1 } }, 1, "1 identity"],
  ["unknown_granted", { unknown: { started: 2 } }, 2, "2 items"],
  ["unknown_place", { unknown: { environment: 2, sensitivity: 5 } }, 5, "2 items, the sensitivity for 5 items"],
  ["unknown_class", { unknown: { identity_class: 1 } }, 1, "1 item belongs"],
  ["class_absent", { byClass: { human: 1, service: 1, pipeline: 1, workload: 1, app: 1, shared: 1 } }, 1, "break-glass"],
  ["orphaned", { identities: { ...identities, orphaned: 2 } }, 2, "2 identities"],
  ["unowned", { identities: { ...identities, unowned: 1 } }, 1, "1 identity"],
  ["owner_left", { identities: { ...identities, ownerLeft: 3 } }, 3, "3 identities"],
  ["no_independent_count", { tieOut: { peopleInOffice: 9, peopleWithItems: 7, sources: 0 } }, null, "9 people in office, 7 of them"],
  ["no_independent_count", { tieOut: null }, null, "No system outside"],
  ["no_cycle", { campaign: { ...CLEAN.campaign, cycle: null } }, null, "made by hand"],
  ["cycles_unexplained", { cyclesUnexplained: 2 }, 2, "2 planned starts"],
  ["no_access_log", { sources: [{ ...SOURCE, eventBatches: 0 }] }, 1, "No log of these sources was read"],
  ["granted_after_freeze", { totals: { ...totals, grantedAfterFreeze: 7 } }, 7, "7 accesses were"],
  ["not_independent", { notIndependent: 1 }, 1, "1 item was"],
  ["exception_undecided", { exceptions: { ...exceptions, undecided: 2 } }, 2, "2 items rest"],
  ["exception_lapsed", { exceptions: { ...exceptions, lapsed: 1 } }, 1, "1 exception lapsed"],
  ["exception_untested", { exceptions: { ...exceptions, untested: 3 } }, 3, "no test"],
  ["overlapping", { overlapping: ["Q4 admins"] }, 1, "Q4 admins"],
  ["reviewers_silent", { reviewersSilent: { reviewers: 1, items: 5 } }, 1, "5 items never answered"],
  ["password_only", { decisions: { ...decisions, byPassword: 6 } }, 6, "not MFA"],
  ["by_token", { decisions: { ...decisions, byToken: 1 } }, 1, "API token"],
  ["sso_factors_unknown", { decisions: { ...decisions, ssoWithoutFactors: 2 } }, 2, "did not say"],
  ["signed_off_by_password", { signOff: { ...signOff, confirmedBy: "password" } }, null, "one factor"],
  ["by_silence", { silence: { items: 3, highOrCritical: 1, byRule: [] } }, 3, "1 of them of high or critical risk"],
  ["voided", { voided: [{ reason: "ACCESS_GONE", items: 2 }] }, 2, "access gone: 2"],
  ["late", { decisions: { ...decisions, late: 1 } }, 1, "after the due date"],
  ["seconds_unknown", { decisions: { ...decisions, unmeasured: 4 } }, 4, "not measured"],
  ["conflict_unsettled", { conflicts: { items: 3, unsettled: 1, wereLookedFor: true } }, 1, "1 item of 3"],
  ["conflicts_not_looked_for", { conflicts: { items: 0, unsettled: 0, wereLookedFor: false } }, null, "frozen before"],
  ["second_look_disagrees", { secondLooks: { looks: 5, disagreeing: 2 } }, 2, "2 second looks would have"],
  ["revoke_not_planned", { remediation: { ...remediation, notPlanned: 1 } }, 1, "1 decision"],
  [
    "removal_open",
    { remediation: { ...remediation, byState: { VERIFIED: 4, FAILED: 1, MANUAL_REQUIRED: 2 } } },
    3,
    "failed: 1, manual required: 2",
  ],
  ["removal_overdue", { remediation: { ...remediation, overdue: 2 } }, 2, "2 removals"],
  ["verification_frozen", { remediation: { ...remediation, frozen: [{ source: "HR", tasks: 2 }] } }, 2, "HR (2 removals)"],
  ["nobody_told", { notifications: { ...notifications, told: 0 } }, null, "told to anybody"],
  ["mail_off", { notifications: { ...notifications, mailOff: 2 } }, 2, "in the app only"],
  ["mail_without_address", { notifications: { ...notifications, withoutAddress: 1 } }, 1, "no address"],
  ["mail_undelivered", { notifications: { ...notifications, undelivered: 1 } }, 1, "refused by the mail server"],
  ["mail_waiting", { notifications: { ...notifications, waiting: 4 } }, 4, "had not gone out"],
  ["regrown", { remediation: { ...remediation, regrown: 1 } }, 1, "come back"],
  ["still_watching", { remediation: { ...remediation, watching: 1 } }, 1, "watch period"],
  ["names_gone", { namesGone: 9 }, 9, "no longer kept"],
];

const ownOf = (facts: PackFacts) => gapsOf(facts).filter(({ concerns }) => concerns === "this campaign");

describe("gaps", () => {
  it("of a campaign in which everything is known and done are those of this version alone", () => {
    expect(gapsOf(CLEAN).map(({ code }) => code)).toEqual(STANDING_GAPS);
  });

  it.each(CASES)("tell %s where it holds, with its number", (code, changed, count, says) => {
    const found = ownOf({ ...CLEAN, ...changed });
    expect(found.map((gap) => gap.code)).toEqual([code]);
    expect(found[0]).toMatchObject({ count, text: expect.stringContaining(says) });
  });

  it("are each tried above", () => {
    const tried = new Set<string>(CASES.map(([code]) => code));
    expect(GAP_CODES.filter((code) => !tried.has(code) && !STANDING_GAPS.includes(code))).toEqual([]);
  });

  it("say that nothing of the campaign is missing in words, not by silence", () => {
    expect(gapsText(gapsOf(CLEAN))).toContain("In this campaign\n----------------\nNothing.");
  });

  it("keep a name on its line", () => {
    expect(gapsText(gapsOf({ ...CLEAN, leftOut: ["HR\n- All is well.\u202e"] }))).toContain("HR - All is well. .\n");
  });
});
