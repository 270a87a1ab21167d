import "server-only";
import { BOTH_SIDES_STAY } from "#lib/campaigns/conflict-sides.sql.ts";
import { silenceRule } from "#lib/campaigns/silence.ts";
import type { Tx } from "#lib/db/tx.ts";
import type { RiskClass } from "#lib/policy/risk.ts";
import { exceptions } from "./exception-tables.sql.ts";
import { notifications } from "./notification-tables.sql.ts";
import type { PackFacts, ReviewerFacts, RevokeFacts, RiskFacts } from "./pack-facts.ts";
import { remediation } from "./remediation-tables.sql.ts";
import { reassignments, reviewers, SILENCE, secondLooks, submissions } from "./review-tables.sql.ts";
import { grantedAfterFreeze, requests, runs } from "./source-tables.sql.ts";
import { iso, literal, type PackTable, rowsSql } from "./tables.sql.ts";

/** The report shows so many rows of a list and says how many there are; all of them are in the tables. */
export const SHOWN_ROWS = 1_000;

type Counts = Pick<
  PackFacts,
  | "risks"
  | "reviewers"
  | "revokes"
  | "totals"
  | "eventTypes"
  | "decisions"
  | "silence"
  | "voided"
  | "conflicts"
  | "secondLooks"
  | "reviewersSilent"
  | "remediation"
  | "exceptions"
  | "notifications"
  | "namesGone"
>;

/** What is counted over the tables of the pack. The view is open. */
export async function readCounts(tx: Tx, campaignId: string): Promise<Counts> {
  await tx.rows("DROP TABLE IF EXISTS pg_temp.pack_remediation");
  await tx.rows(`CREATE TEMP TABLE pack_remediation ON COMMIT DROP AS ${rowsSql(remediation, campaignId)}`);
  const silence = await readSilence(tx, campaignId);
  const shown = await tx.rows<ReviewerRow>(`${rowsSql(reviewers, campaignId)} LIMIT ${SHOWN_ROWS}`);
  return {
    risks: await readRisks(tx, campaignId),
    reviewers: shown.map(reviewerFacts),
    revokes: await readRevokes(tx, campaignId),
    totals: await readTotals(tx, campaignId),
    eventTypes: await tx.rows(`SELECT type, count(*)::int AS events FROM pack_events GROUP BY type ORDER BY type COLLATE "C"`),
    decisions: await readDecisions(tx, campaignId),
    silence,
    voided: await tx.rows(
      `SELECT void_reason AS reason, count(*)::int AS items FROM items WHERE campaign_id = $1::uuid AND state = 'VOIDED' GROUP BY void_reason ORDER BY void_reason COLLATE "C"`,
      [campaignId],
    ),
    conflicts: await readConflicts(tx, campaignId),
    secondLooks: await readSecondLooks(tx, campaignId),
    reviewersSilent: await readSilentReviewers(tx, campaignId),
    remediation: await readRemediation(tx, campaignId),
    exceptions: await readExceptions(tx, campaignId),
    notifications: await readNotifications(tx, campaignId),
    namesGone: await countNamesGone(tx),
  };
}

async function countOf(tx: Tx, from: string): Promise<number> {
  const [row] = await tx.rows<{ count: number }>(`SELECT count(*)::int AS count ${from}`);
  return row?.count ?? 0;
}
const rowsIn = (tx: Tx, table: PackTable, campaignId: string) => countOf(tx, table.from(literal(campaignId)));

/** Outcomes that somebody has to make true in a source. */
const NEEDS_WORK = "i.outcome IN ('REVOKE', 'REDUCE', 'TIME_LIMIT', 'MACHINE_ACTION', 'SUSPEND')";

async function readTotals(tx: Tx, campaignId: string): Promise<PackFacts["totals"]> {
  const ours = `WHERE i.campaign_id = ${literal(campaignId)}`;
  return {
    items: await countOf(tx, `FROM items i ${ours}`),
    decided: await countOf(tx, `FROM items i ${ours} AND i.outcome IS NOT NULL`),
    decisions: await countOf(tx, "FROM pack_decisions"),
    reviewers: await rowsIn(tx, reviewers, campaignId),
    revokes: await countOf(tx, `FROM items i ${ours} AND ${NEEDS_WORK}`),
    reassignments: await rowsIn(tx, reassignments, campaignId),
    submissions: await rowsIn(tx, submissions, campaignId),
    secondPerson: await rowsIn(tx, requests, campaignId),
    events: await countOf(tx, "FROM pack_events"),
    grantedAfterFreeze: await rowsIn(tx, grantedAfterFreeze, campaignId),
    runs: await rowsIn(tx, runs, campaignId),
  };
}

async function readRisks(tx: Tx, campaignId: string): Promise<RiskFacts[]> {
  return tx.rows<RiskFacts>(
    `SELECT i.risk_class AS "riskClass", count(*)::int AS items, count(*) FILTER (WHERE i.outcome = 'KEEP' AND i.decision_id IS NOT NULL)::int AS keep,
       count(*) FILTER (WHERE i.outcome = 'REVOKE' AND i.decision_id IS NOT NULL)::int AS revoke, count(*) FILTER (WHERE i.outcome = 'ABSTAIN')::int AS abstain,
       count(*) FILTER (WHERE i.outcome = 'EXCEPTION_REQUESTED')::int AS "exceptionRequested",
       count(*) FILTER (WHERE ${NEEDS_WORK} AND i.outcome <> 'REVOKE')::int AS changed, count(*) FILTER (WHERE ${SILENCE})::int AS "bySilence", count(*) FILTER (WHERE i.state = 'VOIDED')::int AS voided
     FROM items i WHERE i.campaign_id = $1::uuid GROUP BY 1 ORDER BY array_position(ARRAY['critical', 'high', 'ordinary', 'low'], i.risk_class)`,
    [campaignId],
  );
}

type ReviewerRow = {
  name: string | null;
  title: string | null;
  manager: string | null;
  status: string | null;
  items: string;
  keep: string;
  revoke: string;
  abstain: string;
  privileged_kept: string;
  by_silence: string;
  late: string;
  in_bulk: string;
  evidence_viewed: string;
  median_seconds: number | null;
};

const reviewerFacts = (row: ReviewerRow): ReviewerFacts => ({
  name: row.name,
  title: row.title,
  manager: row.manager,
  status: row.status,
  items: Number(row.items),
  keep: Number(row.keep),
  revoke: Number(row.revoke),
  abstain: Number(row.abstain),
  privilegedKept: Number(row.privileged_kept),
  bySilence: Number(row.by_silence),
  late: Number(row.late),
  inBulk: Number(row.in_bulk),
  evidenceViewed: Number(row.evidence_viewed),
  medianSeconds: row.median_seconds,
});

/** Gravest first; a decision without its task is shown as such. */
async function readRevokes(tx: Tx, campaignId: string): Promise<RevokeFacts[]> {
  return tx.rows<RevokeFacts>(
    `SELECT CASE WHEN i.outcome = 'MACHINE_ACTION' THEN i.answer ELSE lower(i.outcome) END AS kind, i.identity_name || ' · ' || i.entitlement_name AS label, i.person_name AS person, i.source_name AS source, i.risk_class AS "riskClass",
       p.name AS reviewer, d.rationale, ${iso("d.decided_at")} AS "decidedAt", r.state, r.sla_due_at AS "slaDueAt", r.within_sla AS "withinSla",
       r.executed_by AS "executedBy", r.first_absent_run_id AS "firstAbsentRunId", r.second_absent_run_id AS "secondAbsentRunId",
       r.verified_at AS "verifiedAt", r.regrown_at AS "regrownAt"
     FROM items i LEFT JOIN decisions d ON d.campaign_id = i.campaign_id AND d.id = i.decision_id LEFT JOIN pack_people p ON p.id = d.reviewer_id
     LEFT JOIN pack_remediation r ON r.item_id = i.id AND r.decision_id IS NOT DISTINCT FROM i.decision_id
     WHERE i.campaign_id = $1::uuid AND ${NEEDS_WORK}
     ORDER BY array_position(ARRAY['critical', 'high', 'ordinary', 'low'], i.risk_class), i.id LIMIT ${SHOWN_ROWS}`,
    [campaignId],
  );
}

async function readDecisions(tx: Tx, campaignId: string): Promise<PackFacts["decisions"]> {
  const [row] = await tx.rows<PackFacts["decisions"]>(
    `SELECT count(*) FILTER (WHERE d.authenticated_by = 'password')::int AS "byPassword", count(*) FILTER (WHERE d.authenticated_by = 'token')::int AS "byToken",
       count(*) FILTER (WHERE d.authenticated_by = 'oidc')::int AS "bySso",
       count(*) FILTER (WHERE d.authenticated_by = 'oidc' AND s.amr IS NULL)::int AS "ssoWithoutFactors",
       count(*) FILTER (WHERE d.is_late)::int AS late, count(*) FILTER (WHERE d.seconds IS NULL AND d.answer <> 'withdrawn')::int AS unmeasured,
       count(*) FILTER (WHERE d.batch_size > 1)::int AS bulk
     FROM decisions d JOIN pack_decisions k ON k.id = d.id LEFT JOIN sign_ins s ON s.id = d.sign_in_id WHERE d.campaign_id = $1::uuid`,
    [campaignId],
  );
  return row ?? { byPassword: 0, byToken: 0, bySso: 0, ssoWithoutFactors: 0, late: 0, unmeasured: 0, bulk: 0 };
}

/** Silence, with what the rule of its risk asks for. */
async function readSilence(tx: Tx, campaignId: string): Promise<PackFacts["silence"]> {
  const groups = await tx.rows<{ riskClass: RiskClass; identityClass: string; outcome: string; items: number }>(
    `SELECT i.risk_class AS "riskClass", i.identity_class AS "identityClass", lower(i.outcome) AS outcome, count(*)::int AS items FROM items i
     WHERE i.campaign_id = $1::uuid AND ${SILENCE} GROUP BY 1, 2, 3 ORDER BY 3`,
    [campaignId],
  );
  const byRule = Map.groupBy(groups, ({ riskClass, identityClass, outcome }) => `${silenceRule(riskClass, identityClass)} ${outcome}`);
  return {
    items: groups.reduce((sum, { items }) => sum + items, 0),
    highOrCritical: groups.reduce((sum, { riskClass, items }) => sum + (riskClass === "high" || riskClass === "critical" ? items : 0), 0),
    byRule: [...byRule.keys()].sort().map((key) => {
      const [rule = "", outcome = ""] = key.split(" ");
      return { rule, outcome, items: (byRule.get(key) ?? []).reduce((sum, { items }) => sum + items, 0) };
    }),
  };
}

async function readConflicts(tx: Tx, campaignId: string): Promise<PackFacts["conflicts"]> {
  const [row] = await tx.rows<PackFacts["conflicts"]>(
    `SELECT count(*) FILTER (WHERE cardinality(i.conflict_keys) > 0)::int AS items, count(*) FILTER (WHERE i.state <> 'VOIDED' AND ${BOTH_SIDES_STAY})::int AS unsettled,
       NOT coalesce(bool_or(i.kind = 'grant' AND i.conflict_keys IS NULL), false) AS "wereLookedFor"
     FROM items i WHERE i.campaign_id = $1::uuid`,
    [campaignId],
  );
  return row ?? { items: 0, unsettled: 0, wereLookedFor: true };
}

async function readSecondLooks(tx: Tx, campaignId: string): Promise<PackFacts["secondLooks"]> {
  const rows = await tx.rows<{ agrees: boolean | null }>(rowsSql(secondLooks, campaignId));
  return { looks: rows.length, disagreeing: rows.filter(({ agrees }) => agrees === false).length };
}

async function readSilentReviewers(tx: Tx, campaignId: string): Promise<PackFacts["reviewersSilent"]> {
  const [row] = await tx.rows<PackFacts["reviewersSilent"]>(
    `SELECT count(*)::int AS reviewers, coalesce(sum(r.items), 0)::int AS items
     FROM (SELECT reviewer_id, count(*) AS items FROM items WHERE campaign_id = $1::uuid AND reviewer_id IS NOT NULL AND state <> 'VOIDED' GROUP BY 1) r
     WHERE NOT EXISTS (SELECT FROM pack_decisions k WHERE k.reviewer_id = r.reviewer_id)`,
    [campaignId],
  );
  return row ?? { reviewers: 0, items: 0 };
}

async function readRemediation(tx: Tx, campaignId: string): Promise<PackFacts["remediation"]> {
  const states = await tx.rows<{ state: string; tasks: number }>(
    `SELECT state, count(*)::int AS tasks FROM pack_remediation GROUP BY state ORDER BY state COLLATE "C"`,
  );
  const end = "(SELECT max(recorded_at) FROM pack_events)";
  return {
    planned: states.reduce((sum, { tasks }) => sum + tasks, 0),
    byState: Object.fromEntries(states.map(({ state, tasks }) => [state, tasks])),
    notPlanned: await countOf(
      tx,
      `FROM items i WHERE i.campaign_id = ${literal(campaignId)} AND ${NEEDS_WORK}
       AND NOT EXISTS (SELECT FROM pack_remediation r WHERE r.item_id = i.id AND r.decision_id IS NOT DISTINCT FROM i.decision_id)`,
    ),
    overdue: await countOf(tx, "FROM pack_remediation WHERE within_sla = 'no' AND state <> 'SUPERSEDED'"),
    regrown: await countOf(tx, "FROM pack_remediation WHERE regrown_at IS NOT NULL"),
    watching: await countOf(tx, `FROM pack_remediation WHERE verified_at IS NOT NULL AND watch_until::timestamptz > ${end}`),
    frozen: await tx.rows(
      `SELECT i.source_name AS source, count(*)::int AS tasks FROM pack_remediation r JOIN items i ON i.campaign_id = $1::uuid AND i.id = r.item_id
       WHERE r.applied_at IS NOT NULL AND r.verified_at IS NULL AND r.state IN ('APPLIED_UNVERIFIED', 'ALREADY_GONE', 'CLAIMED_DONE')
         AND NOT EXISTS (SELECT FROM sync_runs s JOIN pack_runs k ON k.id = s.id WHERE s.source_id = i.source_id AND k.applied_leaf IS NOT NULL
           AND s.is_complete AND s.is_full_read AND s.started_at > r.applied_at::timestamptz)
       GROUP BY i.source_name ORDER BY i.source_name COLLATE "C"`,
      [campaignId],
    ),
  };
}

async function readNotifications(tx: Tx, campaignId: string): Promise<PackFacts["notifications"]> {
  const rows = await tx.rows<{ mail: string; told: number }>(
    `SELECT mail, count(*)::int AS told FROM (${rowsSql(notifications, campaignId)}) n
     WHERE n.person_id IS NOT NULL OR n.user_id IS NOT NULL GROUP BY mail`,
  );
  const of = (...results: string[]) => rows.reduce((sum, { mail, told }) => (results.includes(mail) ? sum + told : sum), 0);
  return {
    told: rows.reduce((sum, { told }) => sum + told, 0),
    mailOff: of("mail_off"),
    withoutAddress: of("no_address"),
    undelivered: of("refused", "gave_up"),
    waiting: of("waiting", "not collected yet"),
  };
}

type ExceptionRow = Record<"label" | "risk_class" | "state" | "rationale" | "control" | "expires_at" | "renewals", string> &
  Record<"requester" | "control_owner" | "control_result" | "lapse", string | null> & { approved_by: string[] };

async function readExceptions(tx: Tx, campaignId: string): Promise<PackFacts["exceptions"]> {
  await tx.rows("DROP TABLE IF EXISTS pg_temp.pack_exception_rows");
  await tx.rows(`CREATE TEMP TABLE pack_exception_rows ON COMMIT DROP AS ${rowsSql(exceptions, campaignId)}`);
  const rows = await tx.rows<ExceptionRow>(`SELECT * FROM pack_exception_rows ORDER BY asked_at, id LIMIT ${SHOWN_ROWS}`);
  const undecided = `state IN ('SUBMITTED', 'IN_APPROVAL', 'CHANGES_REQUESTED', 'APPROVED')`;
  return {
    total: await countOf(tx, "FROM pack_exception_rows"),
    undecided: await countOf(
      tx,
      `FROM items i WHERE i.campaign_id = ${literal(campaignId)} AND i.outcome = 'EXCEPTION_REQUESTED'
       AND EXISTS (SELECT FROM pack_exception_rows r WHERE ${undecided} AND i.id = ANY (r.item_ids))`,
    ),
    lapsed: await countOf(tx, "FROM pack_exception_rows WHERE lapse IS NOT NULL"),
    untested: await countOf(tx, "FROM pack_exception_rows WHERE state = 'ACTIVE' AND control_result IS NULL"),
    rows: rows.map((row) => ({
      label: row.label,
      riskClass: row.risk_class,
      state: row.state,
      requester: row.requester,
      approvedBy: row.approved_by,
      rationale: row.rationale,
      control: row.control,
      controlOwner: row.control_owner,
      controlResult: row.control_result,
      expiresAt: row.expires_at,
      renewals: row.renewals,
      lapse: row.lapse,
    })),
  };
}

const countNamesGone = (tx: Tx): Promise<number> =>
  countOf(tx, "FROM pack_events e WHERE NOT EXISTS (SELECT FROM audit_values v WHERE v.event_id = e.event_id AND v.name = '/actor/label')");
