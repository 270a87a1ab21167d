import { GAP_CODES, type GapCode, linesOfGap } from "./gaps.ts";

/*
 * Where a pack of a campaign answers each line of the checklist that auditors work from: a file and its fields, "not applicable", or gaps.
 * A line may be answered in part and still have gaps: both are printed.
 */

export type Answer = { readonly file: string; readonly fields: readonly string[] };
export type ChecklistLine = {
  readonly id: string;
  readonly asks: string;
  readonly answers: readonly Answer[];
  readonly notApplicable: string | null;
};

const line = (id: string, asks: string, answers: Readonly<Record<string, string>>, notApplicable: string | null = null): ChecklistLine => ({
  id,
  asks,
  answers: Object.entries(answers).map(([file, fields]) => ({ file, fields: fields === "" ? [] : fields.split(" ") })),
  notApplicable,
});

export const SECTIONS: Readonly<Record<string, { title: string; frameworks: string }>> = {
  A: {
    title: "Population",
    frameworks:
      "SOC 2 CC6.1, CC6.2; ISO 27001 A.5.15, A.5.18; NIST 800-53 AC-2; PCI DSS 7.2.4; SOX access review (completeness and accuracy); CIS 5.1, 6.6",
  },
  B: { title: "Reviewer and independence", frameworks: "SOC 2 CC6.3; ISO 27001 A.5.18; NIST 800-53 AC-5; SOX access review; CIS 6.8" },
  C: { title: "Decision", frameworks: "SOC 2 CC6.2, CC6.3; ISO 27001 A.5.18, A.8.2; NIST 800-53 AC-2, AC-6; PCI DSS 7.2.4, 7.2.5.1" },
  D: { title: "Timing", frameworks: "PCI DSS 7.2.4, 7.2.5.1; NIST 800-53 AC-2(j); CIS 5.1" },
  E: { title: "Remediation", frameworks: "SOC 2 CC6.2, CC6.3; ISO 27001 A.5.18; NIST 800-53 AC-2; PCI DSS 7.2.4; CIS 6.2" },
  F: { title: "Exceptions", frameworks: "ISO 27001 A.5.18; SOC 2 CC6.3" },
  G: { title: "Identities that are not people", frameworks: "PCI DSS 7.2.5.1, 8.6; NIST 800-53 AC-2, AC-6; CIS 5.5" },
  I: { title: "Access sequence", frameworks: "PCI DSS 10.2; NIST 800-53 AC-6(9)" },
  H: { title: "Integrity and use", frameworks: "SOX (information produced by the entity); SOC 2 CC7.2; ISO 27001 A.5.28" },
};

/** In the order of the checklist. Fields of a .csv are also those of the .json beside it. */
export const CHECKLIST: readonly ChecklistLine[] = [
  line("A1", "Systems in scope, and those left out with the reason", {
    "sources.csv": "name in_scope left_out_because left_out_by",
    "exclusions.csv": "cause grants set_by",
    "campaign.json": "scope owner",
  }),
  line("A2", "How each source was read: connector, account, endpoint, parameters, start and end, run", {
    "sources.csv": "connector product account endpoint scopes parameters config_digest started_at observed_at finished_at run_id",
    "runs.csv": "id state started_at ended_at",
    "files.csv": "name attested provenance uploaded_by uploaded_at",
  }),
  line("A3", "Declared, read, kept, excluded, rejected: reconciled on one line", {
    "population.csv": "declared read kept excluded rejected pages excluded_by completeness reason",
    "exclusions.csv": "cause grants",
    "second-person.csv": "action asked_by reason settled_by",
  }),
  line("A4", "Digests of what was read", { "population.csv": "raw_digest digest", "files.csv": "sha256 bytes" }),
  line("A5", "Comparison with the run before", {
    "sources.csv": "prior_run_id changes_since_prior_run override_reason",
    "comparison.csv": "source added removed changed same other_reviewer previous_campaign_id",
    "runs.csv": "changes why",
  }),
  line("A6", "Independent count, with what explains the difference", {
    "tie-out.csv":
      "source people_source people_declared people_in_office people_with_identity people_without_identity identities_of_people of_people_in_office of_people_who_left of_people_of_other_sources of_nobody_known",
    "population-manifest.json": "tie_out not_proven",
  }),
  line("A7", "Every class of account; orphaned and unowned ones", {
    "items.csv": "identity_class identity_status person owner",
    "population-manifest.json": "identities items",
  }),
  line("A8", "Unknown printed as unknown, with its count", {
    "population-manifest.json": "unknown",
    "items.csv": "privileged last_used granted expires factors environment sensitivity",
  }),
  line("A9", "Time of the snapshot; access granted after it", {
    "population-manifest.json": "snapshot_at",
    "granted-after-freeze.csv": "source identity_id entitlement_id opened_run_id reviewed_in_campaign_id",
  }),
  line("A10", "From raw row to item", {
    "items.csv": "grant_key identity_id entitlement_id opened_run_id observed_run_id",
    "sources.csv": "config_digest mapping_version mapping_digest",
    "population-manifest.json": "population policy",
  }),
  line("B1", "Reviewer of record and who acted: id, title, manager, status at the time", {
    "reviewers.csv": "person_id external_id name title manager status users",
    "decisions.csv": "reviewer_id reviewer reviewer_title reviewer_status user_id user",
  }),
  line("B2", "Why eligible, why nobody before in the chain, overrides", {
    "items.csv": "reviewer_rule passed_over first_reviewer_id reviewer_id person_id granted_by",
    "overrides.csv": "item_id reviewer_id not_independent asked_by confirmed_by reason",
    "campaign.json": "plan",
    "second-person.csv": "action asked_by settled_by reason",
  }),
  line("B3", "Delegations and reassignments: from, to, when, why, by whom", {
    "reassignments.csv": "item_id from to at cause reason actor hop",
    "delegations.csv": "person stand_in starts_at ends_at reason set_at",
    "decisions.csv": "on_behalf_of_id on_behalf_of",
  }),
  line("B4", "How the person had signed in", {
    "decisions.csv": "authenticated_by sign_in_id",
    "submissions.csv": "confirmed_by",
    "audit/events.jsonl": "body",
  }),
  line("B5", "Instructions shown, attestation given", {
    "campaign.json": "instructions instructions_version",
    "submissions.csv": "instructions_version attestation submitted_at",
  }),
  line("C1", "One row per item: what is held, what it reaches and how, in plain words", {
    "items.csv": "id kind source identity entitlement subject_key meaning privileged reach_count also_held_by state void_reason",
    "reaches.csv": "entitlement_key name meaning resource privileged path",
  }),
  line("C2", "Decision, time, rationale", {
    "decisions.csv": "item_id answer terms decided_at rationale counts against_suggestion",
    "items.csv": "outcome terms decision_id",
  }),
  line("C3", "What was on the screen", {
    "items.csv":
      "last_used granted granted_by factors risk_class risk_reasons change last_outcome last_decision_id peers_holding peers_total conflicts person_status",
    "changes.csv": "entitlement_key was_meaning added removed",
    "decisions.csv": "suggestion suggestion_reasons suggestion_version",
  }),
  line("C4", "Bulk, seconds, evidence looked at; part of a machine in it", {
    "decisions.csv": "batch_size seconds evidence_viewed carried suggestion_version against_suggestion",
    "reviewers.csv": "median_seconds in_bulk evidence_viewed suggested against_suggestion looked_at_again second_look_disagrees",
    "second-looks.csv": "item_id decision_id reviewer reasons rule_version seed answer agrees rationale",
    "items.csv": "carried_cycles",
    "campaign.json": "automation",
  }),
  line("C5", "Defaults by silence, apart from decisions", {
    "items.csv": "by_silence silence_rule escalations outcome",
    "reviewers.csv": "by_silence",
    "campaign.json": "plan automation",
  }),
  line("C6", "Whole history, nothing deleted", {
    "decisions.csv": "item_version answer counts event_id",
    "audit/events.jsonl": "body",
    "audit/proofs.jsonl": "",
  }),
  line("C7", "Separation-of-duties conflicts and how each was settled", {
    "items.csv": "conflicts conflict_settled outcome decision_id",
    "decisions.csv": "answer rationale",
  }),
  line("C8", "Sign-off with the digest of the final set", {
    "sign-off.json": "user signed_at attestation confirmed_by digest digest_lines counts event_id",
  }),
  line("D1", "Cadence by policy", {}),
  line("D2", "Planned and actual dates, late items", {
    "campaign.json": "created_at staged_at launched_at due_at closing_at signed_off_at",
    "decisions.csv": "is_late round",
    "items.csv": "due_at round",
    "population-manifest.json": "campaign",
    "second-person.csv": "action asked_by reason settled_by",
    "rounds.csv": "item_id round answer at",
  }),
  line("D3", "Reminders and escalations, with delivery result", {
    "notifications.csv": "kind recipient told_at due_at mail message_id attempts mail_result_at server_said",
    "reassignments.csv": "cause at to reason",
    "items.csv": "escalations",
  }),
  line("D4", "Previous and next cycle; why one was missed", {
    "campaign.json": "cycle",
    "cycles.csv": "cycle_at campaign_id missed_because reason explained_by",
    "items.csv": "change last_outcome",
  }),
  line("E1", "Each removal: id, who did it, start, end, time allowed", {
    "remediation.csv": "id item_id kind terms decision_id decided_by approved_by executed_by planned_at sla_due_at within_sla applied_at",
  }),
  line("E2", "Proof from the target: the syncs that show absence", {
    "remediation.csv": "first_absent_run_id second_absent_run_id verified_at",
    "runs.csv": "id state started_at observed_at is_complete is_full_read digest",
  }),
  line("E3", "Failures, manual work with proof, what no connector can do", {
    "remediation.csv": "state ticket ticket_link ticketed_by ticketed_at claimed_done_by still_present_run_id",
    "remediation-events.csv": "kind at actor detail",
    "remediation-proofs.csv": "remediation_id name sha256 size uploaded_by uploaded_at file",
  }),
  line("E4", "Come back within the watch period", { "remediation.csv": "watch_until regrown_run_id regrown_at" }),
  line("E5", "Privileged use between decision and removal", { "look-back.csv": "remediation_id decided_at at action privileged" }),
  line("E6", "Restores, and the two people behind each", {
    "remediation.csv": "restored_at restore_requested_by restore_confirmed_by",
    "remediation-events.csv": "kind detail",
  }),
  line("F1", "Exceptions with approver, rationale, control and its last test, expiry, renewals, history", {
    "exceptions.csv":
      "id label requester approved_by rationale control control_owner control_test control_result control_tested_at starts_at expires_at renewals state",
    "exception-events.csv": "exception_id kind at actor detail terms",
  }),
  line("F2", "Items under exceptions; those that lapsed, and the effect", {
    "exceptions.csv": "item_ids asked_from_item_id lapse lapsed_at reopened_items follow_up_campaign_id",
    "items.csv": "outcome",
    "reassignments.csv": "cause reason",
  }),
  line("G1", "Owner and backup owner, system, function, environment", {
    "machines.csv": "source owner backup_owner purpose origin environment",
    "items.csv": "owner identity_class resource environment kind",
  }),
  line("G2", "Credentials: kind, ages, rotation, where kept; those under review with their decision", {
    "credentials.csv": "identity_key kind issuer created rotated expires rotation stored_in",
    "items.csv": "kind subject_key meaning outcome terms",
  }),
  line("G3", "Interactive sign-in", { "machines.csv": "interactive", "items.csv": "risk_reasons" }),
  line("G4", "Conditions of trust for federated pipelines", {
    "trusts.csv": "issuer subject_pattern audience conditions",
    "items.csv": "kind meaning outcome terms",
  }),
  line("G5", "Secret scan", {}),
  line("I1", "MFA challenges, sign-ins, tokens and privileges used, in order", {
    "access-sequence.csv": "at source kind action mfa principal session authenticated_by batch_id",
  }),
  line("H1", "Readable and machine-readable, without the tool", { "report.html": "", "items.csv": "", "items.json": "", "README.txt": "" }),
  line("H2", "Digest of every file, root, signature, key, verifier", {
    "manifest.json": "files root key checkpoint",
    "public-key.pem": "",
    "verify.mjs": "",
  }),
  line("H3", "Log up to the checkpoint, with proofs; earlier exports are in it, this one is in its receipt", {
    "audit/events.jsonl": "body leaf_index",
    "audit/proofs.jsonl": "",
    "audit/checkpoint.txt": "",
  }),
  line("H4", "Controls, versions of product and policy", { "checklist.json": "frameworks", "manifest.json": "product policy" }),
  line("H5", "Reproducible sample", { "population-manifest.json": "population" }),
  line("H6", "Who read evidence; personal data kept small", { "audit/events.jsonl": "body" }),
  line("H7", "What could not be proven", { "gaps.txt": "", "gaps.json": "code lines text count" }),
];

export type ChecklistRow = {
  id: string;
  asks: string;
  /** "answered", "in part", "gap" or "not applicable". */
  verdict: string;
  answers: readonly Answer[];
  gaps: readonly GapCode[];
  not_applicable: string | null;
  section: string;
  frameworks: string;
};

/** The checklist with the gaps of this pack put to their lines. */
export function checklistOf(found: readonly GapCode[]): ChecklistRow[] {
  return CHECKLIST.map(({ id, asks, answers, notApplicable }) => {
    const gaps = GAP_CODES.filter((code) => found.includes(code) && linesOfGap(code).includes(id));
    const verdict = notApplicable !== null ? "not applicable" : answers.length === 0 ? "gap" : gaps.length > 0 ? "in part" : "answered";
    const section = SECTIONS[id.charAt(0)];
    return {
      id,
      asks,
      verdict,
      answers,
      gaps,
      not_applicable: notApplicable,
      section: section?.title ?? "",
      frameworks: section?.frameworks ?? "",
    };
  });
}
