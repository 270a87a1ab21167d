import { type Html, html } from "./html.ts";
import type { ExceptionFacts, PackFacts, RevokeFacts } from "./pack-facts.ts";
import { counted, cut, dateTime, dateTimeOr, orUnknown, table, words } from "./report-parts.ts";

/* The sections of the report that are lists: population, reviewers, decisions, removals. */

const EXCLUDED_WORDS: Readonly<Record<string, string>> = {
  held_by_entitlement: "held by a group or role, not by an identity: reviewed where an identity holds that",
  class: "its identity's class is not in scope",
  environment: "its environment is not in scope",
  not_privileged: "not privileged, and only privileged access is in scope",
  ended: "ended in the source",
  identity_gone: "its identity is gone from the source",
};

export function population(facts: PackFacts): Html {
  const { ledger, sources, exclusions, byClass, unknown, totals, leftOut } = facts;
  return html`<section>
<h2>Population</h2>
<p>Frozen ${dateTime(facts.population.frozenAt)} from the runs below. On every line: read = kept + excluded + rejected.</p>
${table(
  "",
  ["Source", "Stream", "Declared", "Pages", "Read", "Kept", "Excluded", "Rejected", ""],
  ledger.map((row) => [
    html`${row.source}`,
    html`${row.stream}`,
    html`${row.declared}`,
    html`${row.pages}`,
    html`${row.read}`,
    html`${row.kept}`,
    html`${row.excluded}`,
    html`${row.rejected}`,
    row.completeness === "complete" ? html`complete` : html`<span class="warn">${row.completeness}</span> ${row.reason}`,
  ]),
  [2, 3, 4, 5, 6, 7],
)}
${table(
  "Where each was read.",
  ["Source", "Connector", "Account and endpoint", "Observed", "Items", "Run"],
  sources.map((source) => [
    html`${source.name}`,
    html`${source.connector} ${source.product}`,
    html`${orUnknown(source.account)} at ${orUnknown(source.endpoint)}`,
    html`${dateTimeOr(source.observedAt, "unknown")}`,
    html`${source.items}`,
    html`<code>${source.runId ?? "never applied"}</code>`,
  ]),
  [4],
)}
${leftOut.length > 0 ? html`<p>Left out of this campaign: ${leftOut.join(", ")}.</p>` : null}
<h3>Live grants that are no items</h3>
${table(
  "",
  ["Why", "Grants"],
  exclusions.map(({ cause, grants }) => [html`${EXCLUDED_WORDS[cause] ?? words(cause)}`, html`${grants}`]),
  [1],
)}
<h3>Items by class of identity</h3>
${table(
  "",
  ["Class", "Items"],
  Object.entries(byClass).map(([name, items]) => [html`${words(name)}`, html`${items}`]),
  [1],
)}
<h3>Unknown, and shown as unknown</h3>
${table(
  "",
  ["Fact", "For how many"],
  Object.entries(unknown).map(([fact, count]) => [html`${words(fact)}`, html`${count}`]),
  [1],
)}
<p>${counted(totals.grantedAfterFreeze, "grant")} first seen after the freeze, outside this population: <code>granted-after-freeze.csv</code>.</p>
</section>`;
}

export function reviewers({ reviewers: rows, totals, campaign }: PackFacts): Html {
  return html`<section>
<h2>Reviewers</h2>
<p>As each stood at their last decision. Why each item had its reviewer, and why nobody before in the chain: <code>items.csv</code>, reviewer_rule and passed_over.</p>
${table(
  "",
  [
    "Reviewer",
    "Manager",
    "Status",
    "Items",
    "Kept",
    "Revoked",
    "Abstained",
    "Privileged kept",
    "By silence",
    "Late",
    "In bulk",
    "Looked closer",
    "Median seconds",
  ],
  rows.map((row) => [
    html`${row.name ?? "name unknown"}${row.title ? html`<br><span class="dim">${row.title}</span>` : null}`,
    html`${row.manager ?? "none known"}`,
    html`${orUnknown(row.status)}`,
    ...[row.items, row.keep, row.revoke, row.abstain, row.privilegedKept, row.bySilence, row.late, row.inBulk, row.evidenceViewed].map(
      (count) => html`${count}`,
    ),
    html`${row.medianSeconds ?? "unknown"}`,
  ]),
  [3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
)}
${cut(rows.length, totals.reviewers, "reviewers.csv")}
<p>${counted(totals.reassignments, "reassignment")}, ${counted(totals.submissions, "submission")} with an attestation, ${counted(totals.secondPerson, "request")} that took two people.</p>
<h3>Instructions shown, version ${campaign.instructionsVersion}</h3>
<div class="quote">${campaign.instructions}</div>
</section>`;
}

const SILENCE_WORDS: Readonly<Record<string, string>> = {
  suspend_with_restore: "suspend with a way to restore",
  escalate_then_security: "escalate to the owner's manager, then security",
  escalate_then_revoke: "escalate once, then revoke",
  escalate_then_finding: "escalate once, then a finding",
  escalate_then_keep: "escalate once, then keep",
  security_decides: "security decides",
};

export function risks({ risks: rows, silence }: PackFacts): Html {
  return html`<section>
<h2>Decisions by risk</h2>
${table(
  "Decided by people. What nobody answered stands in a column of its own and counts as no decision.",
  ["Risk", "Items", "Kept", "Revoked", "Abstained", "Exception requested", "To be changed", "By silence", "Void"],
  rows.map(({ riskClass, ...row }) => [
    html`${riskClass}`,
    ...[row.items, row.keep, row.revoke, row.abstain, row.exceptionRequested, row.changed, row.bySilence, row.voided].map(
      (count) => html`${count}`,
    ),
  ]),
  [1, 2, 3, 4, 5, 6, 7, 8],
)}
<h3>By silence</h3>
${
  silence.items === 0
    ? html`<p>Every item that could be decided was answered by a person.</p>`
    : html`<p>${counted(silence.items, "item")} without an answer, ${silence.highOrCritical} of high or critical risk. What the rule for silence asks for, and what became of them by the campaign's plan:</p>
${table(
  "",
  ["The rule for silence asks to", "Outcome", "Items"],
  silence.byRule.map(({ rule, outcome, items }) => [html`${SILENCE_WORDS[rule] ?? words(rule)}`, html`${outcome}`, html`${items}`]),
  [2],
)}`
}
</section>`;
}

export function remediation({ revokes, totals, remediation: { byState, planned } }: PackFacts): Html {
  return html`<section>
<h2>Decisions and what became of them</h2>
<p>${counted(totals.revokes, "decision")} to be made true in a source, ${counted(planned, "task")} planned. A revoke is verified when two later complete syncs show that the identity no longer holds the access by any path; any other decision when two show what it asks for.</p>
${table(
  "",
  ["State at the checkpoint", "Tasks"],
  Object.entries(byState).map(([state, tasks]) => [html`${words(state)}`, html`${tasks}`]),
  [1],
)}
${table("", ["Decision and access", "Risk", "Decided", "Task", "Proof"], revokes.map(revokeRow))}
${cut(revokes.length, totals.revokes, "remediation.csv")}
</section>`;
}

export function exceptions({ exceptions: { rows, total, lapsed } }: PackFacts): Html {
  if (total === 0) return html`<section><h2>Exceptions</h2><p>None was asked for or in force for the access under review.</p></section>`;
  return html`<section>
<h2>Exceptions</h2>
<p>${counted(total, "exception")} for the access under review, ${lapsed} of them lapsed. Their whole history: <code>exception-events.csv</code>.</p>
${table("", ["Access", "Risk", "State", "Asked and approved", "Why, and the control", "Until"], rows.map(exceptionRow))}
${cut(rows.length, total, "exceptions.csv")}
</section>`;
}

/** "Rob Hart as resource_owner": the name stays as it is. */
const approvalText = (approval: string): string => approval.replace(/ as (\w+)$/, (_found, step: string) => ` as ${words(step)}`);

function exceptionRow(row: ExceptionFacts): Html[] {
  return [
    html`${row.label}`,
    html`${row.riskClass}`,
    row.state === "ACTIVE" ? html`in force` : html`<span class="warn">${words(row.state)}</span>`,
    html`${row.requester ?? "name no longer kept"}<br><span class="dim">${row.approvedBy.map(approvalText).join(", ") || "not approved"}</span>`,
    html`${row.rationale}<br><span class="dim">${row.control} ${row.controlOwner ?? "Nobody named"} answers for it; last test: ${row.controlResult ?? "none recorded"}</span>`,
    html`${dateTimeOr(row.expiresAt, "unknown")}<br><span class="dim">renewed ${row.renewals} times</span>`,
  ];
}

function revokeRow(row: RevokeFacts): Html[] {
  const proof =
    row.verifiedAt === null
      ? html`<span class="warn">not verified</span>${row.firstAbsentRunId ? html`<br>shown by <code>${row.firstAbsentRunId}</code>` : null}`
      : html`<span class="good">verified</span> ${dateTime(row.verifiedAt)}<br>shown by <code>${row.firstAbsentRunId}</code> and <code>${row.secondAbsentRunId}</code>`;
  return [
    html`${words(row.kind)}: ${row.label}<br><span class="dim">${row.person ? `${row.person} · ` : ""}${row.source}</span>`,
    html`${row.riskClass}`,
    html`${row.reviewer ?? "name unknown"}, ${dateTimeOr(row.decidedAt, "time unknown")}<br><span class="dim">${row.rationale}</span>`,
    row.state === null
      ? html`<span class="bad">not planned</span>`
      : html`${words(row.state)}${row.executedBy ? html`<br><span class="dim">by ${row.executedBy}</span>` : null}<br><span class="dim">due ${dateTimeOr(row.slaDueAt, "unknown")}, in time: ${row.withinSla}</span>`,
    html`${proof}${row.regrownAt ? html`<br><span class="bad">came back ${dateTime(row.regrownAt)}</span>` : null}`,
  ];
}
