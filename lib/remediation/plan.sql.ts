import "server-only";
import { createHash } from "node:crypto";
import type { Tx } from "#lib/db/tx.ts";
import type { RiskClass } from "#lib/policy/risk.ts";
import { REPLACEABLE_STATES } from "./lifecycle.ts";
import { DECISION_STANDS, TASK_KIND } from "./remediation.sql.ts";
import type { RemediationParameters } from "./rules.ts";
import type { RemediationKind, RemediationState } from "./types.ts";

export type PlannedTask = {
  id: string;
  version: number;
  state: RemediationState;
  label: string;
  riskClass: RiskClass;
  itemId: string;
  /** null: by silence. */
  decisionId: string | null;
  sourceId: string;
  kind: RemediationKind;
  isGrant: boolean;
};

const COLUMNS = `r.id, r.version, r.state::text AS state, r.label, r.risk_class AS "riskClass", r.item_id AS "itemId", r.decision_id AS "decisionId",
  r.source_id AS "sourceId", r.kind, r.subject_id IS NULL AS "isGrant"`;

/**
 * A task for each decision that needs work and has none yet: a revoke of high and critical risk once it was handed in, all the rest once it
 * was signed off. Due from that moment, of a time limit from its date, however late this runs. Asking again changes nothing.
 */
export async function insertTasks(
  tx: Tx,
  campaignId: string,
  { slaHours }: RemediationParameters,
  actorId: string | null,
): Promise<PlannedTask[]> {
  return tx.rows<PlannedTask>(
    `WITH made AS (
       INSERT INTO remediations AS r (campaign_id, item_id, kind, terms, decision_id, decided_by, source_id, grant_id, identity_id, entitlement_id, subject_id,
         not_before, label, risk_class, sla_due_at)
       SELECT i.campaign_id, i.id, w.kind, i.terms, d.id, d.reviewer_id, i.source_id, i.grant_id, i.identity_id, i.entitlement_id, i.subject_id, w.not_before,
         i.identity_name || ': ' || i.entitlement_name, i.risk_class,
         coalesce(w.not_before, CASE WHEN i.risk_class IN ('high', 'critical') AND w.kind = 'revoke' THEN (SELECT min(s.submitted_at) FROM submissions s
             WHERE s.campaign_id = i.campaign_id AND s.reviewer_id = d.reviewer_id AND s.submitted_at >= d.decided_at) END, o.signed_at, now())
           + make_interval(hours => ($2::jsonb ->> i.risk_class)::int)
       FROM items i LEFT JOIN decisions d ON d.id = i.decision_id LEFT JOIN sign_offs o ON o.campaign_id = i.campaign_id
       CROSS JOIN LATERAL (SELECT ${TASK_KIND} AS kind, CASE WHEN i.answer = 'time_limit' THEN (i.terms ->> 'until')::timestamptz END AS not_before) w
       WHERE i.campaign_id = $1::uuid AND w.kind IS NOT NULL
         AND (i.state = 'FINAL' OR w.kind = 'revoke' AND d.id IS NOT NULL AND i.risk_class IN ('high', 'critical') AND i.state IN ('SUBMITTED', 'DECIDED'))
       ORDER BY i.id
       ON CONFLICT DO NOTHING
       RETURNING ${COLUMNS}),
     told AS (INSERT INTO remediation_events (remediation_id, kind, detail, actor_id)
       SELECT id, 'PLANNED', jsonb_build_object('version', 0, 'decisionId', "decisionId"), $3::uuid FROM made)
     SELECT * FROM made ORDER BY "itemId"`,
    [campaignId, JSON.stringify(slaHours), actorId],
  );
}

/** Tasks whose decision no longer stands, since it was reopened or replaced, or its campaign cancelled; locked. One that runs is left to its worker. */
export async function findReplaced(tx: Tx, campaignId: string): Promise<(PlannedTask & { nextDecisionId: string | null })[]> {
  return tx.rows(
    `SELECT ${COLUMNS}, nullif(i.decision_id, r.decision_id) AS "nextDecisionId"
     FROM remediations r JOIN campaigns c ON c.id = r.campaign_id JOIN items i ON i.campaign_id = r.campaign_id AND i.id = r.item_id
     WHERE r.campaign_id = $1::uuid AND r.state::text = ANY ($2::text[]) AND NOT coalesce(${DECISION_STANDS}, false)
     ORDER BY r.id FOR UPDATE OF r`,
    [campaignId, REPLACEABLE_STATES],
  );
}

/** The decision that stands in place of the task's, where there is another already. */
export async function nextDecisionOf(tx: Tx, task: { id: string }): Promise<string | null> {
  const [row] = await tx.rows<{ id: string | null }>(
    `SELECT nullif(i.decision_id, r.decision_id) AS id FROM remediations r
     JOIN items i ON i.campaign_id = r.campaign_id AND i.id = r.item_id WHERE r.id = $1::uuid`,
    [task.id],
  );
  return row?.id ?? null;
}

export type PlanSource = { id: string; kind: string; state: string; isEnabled: boolean };

/** Before the tasks: nobody switches the sources' writes while the plan counts on them, and whoever does takes the locks in the same order. */
export async function shareSources(tx: Tx, sourceIds: readonly string[]): Promise<PlanSource[]> {
  return tx.rows(
    `SELECT id, kind, state::text AS state, writes_enabled_at IS NOT NULL AS "isEnabled" FROM sources WHERE id = ANY ($1::uuid[]) ORDER BY id FOR SHARE`,
    [sourceIds],
  );
}

/** SHA-256 over one line per task in the order given: task id, item id, decision id. */
export function tasksDigest(tasks: readonly PlannedTask[]): string {
  const hash = createHash("sha256");
  for (const { id, itemId, decisionId } of tasks) hash.update(`${id},${itemId},${decisionId ?? ""}\n`, "utf8");
  return hash.digest("hex");
}
