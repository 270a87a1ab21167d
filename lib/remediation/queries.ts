import "server-only";
import type { Actor } from "#lib/authz/actor.ts";
import { can } from "#lib/authz/permissions.ts";
import type { RemediationScope } from "#lib/authz/scope.ts";
import type { PendingRequest } from "#lib/campaigns/campaign-types.ts";
import { writerSupported } from "#lib/connectors/registry.ts";
import { reader } from "#lib/db/transact.ts";
import { notFound } from "#lib/errors/domain-error.ts";
import type { WaitingRequest } from "./approvals.ts";
import { WENT_WRONG } from "./batch.ts";
import { OPEN_STATES, UNPROVEN_STATES } from "./lifecycle.ts";
import { loadTask, TICKET, whoOf } from "./remediation.sql.ts";
import { REQUESTED, REQUESTS } from "./requests.sql.ts";
import { RESTORE, readUndo, restorableOfBatch } from "./restore.sql.ts";
import { approvalRefusals, claimRefusals, executionRefusals, type Refusal, refusalText, restoreRefusals } from "./rules.ts";
import type { ProofInput, RemediationListParams } from "./schema.ts";
import type {
  BatchDetail,
  BatchRow,
  BatchTaskRow,
  Executable,
  ProofRow,
  RemediationDetail,
  RemediationEventRow,
  RemediationRow,
  RemediationTotals,
} from "./types.ts";
import { ENABLE_WRITES } from "./writes.sql.ts";

const LIMIT = 500;

const instant = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
const texts = (states: readonly string[]) => states.map((state) => `'${state}'`).join(", ");
const IS_OPEN = `r.state IN (${texts(OPEN_STATES)})`;
/** Done in time is not overdue, however long its proof takes. */
const IS_OVERDUE = `(${IS_OPEN} AND coalesce(r.applied_at, now()) > r.sla_due_at)`;

/** Which tasks a scope sees; $1 is the person, null for those who read all. */
const SEES = `($1::uuid IS NULL OR $1::uuid IN (o.owner_id, n.owner_id, n.backup_owner_id, r.decided_by))`;
const FROM = `FROM remediations r
  JOIN campaigns c ON c.id = r.campaign_id
  JOIN sources s ON s.id = r.source_id
  LEFT JOIN entitlements e ON e.id = r.entitlement_id
  LEFT JOIN resources o ON o.id = e.resource_id
  LEFT JOIN identities n ON n.id = r.identity_id
  LEFT JOIN people p ON p.id = r.decided_by
  LEFT JOIN app_users a ON a.id = r.approved_by
  LEFT JOIN app_users x ON x.id = r.executed_by`;
const ROW = `r.id, r.kind, r.campaign_id AS "campaignId", c.name AS "campaignName", r.item_id AS "itemId", r.source_id AS "sourceId", s.name AS "sourceName",
  r.label, r.risk_class AS "riskClass", r.state::text AS state, r.version, ${instant("r.sla_due_at")} AS "slaDueAt", ${IS_OVERDUE} AS "isOverdue",
  p.name AS "decidedByName", a.display_name AS "approvedByName", x.display_name AS "executedByName", ${instant("r.applied_at")} AS "appliedAt",
  CASE WHEN r.second_absent_run_id IS NOT NULL THEN 2 WHEN r.first_absent_run_id IS NOT NULL THEN 1 ELSE 0 END AS absences,
  ${instant("r.verified_at")} AS "verifiedAt", ${instant("r.watch_until")} AS "watchUntil", r.regrown_item_id IS NOT NULL AS "hasRegrown",
  ${TICKET} AS ticket,
  ${instant("r.created_at")} AS "createdAt"`;

/** What is due first comes first. At most 500. */
export async function listRemediations(scope: RemediationScope, params: RemediationListParams): Promise<RemediationRow[]> {
  return reader.rows<RemediationRow>(
    `SELECT ${ROW} ${FROM}
     WHERE ${SEES} AND ($2::text = '' OR r.campaign_id::text = $2::text) AND ($3::text = '' OR r.source_id::text = $3::text)
       AND ($4::text = '' OR r.state::text = $4::text) AND ($5::text = '' OR r.risk_class = $5::text)
       AND ($6::text = 'all' OR $4::text <> '' OR ${IS_OPEN}) AND ($7::text = '' OR r.label ILIKE '%' || $7::text || '%')
     ORDER BY ${IS_OPEN} DESC, r.sla_due_at, r.id LIMIT ${LIMIT}`,
    [scope.personId, params.campaignId, params.sourceId, params.state, params.risk, params.show, params.q.replace(/[\\%_]/g, "\\$&")],
  );
}

export async function remediationTotals(scope: RemediationScope, campaignId?: string): Promise<RemediationTotals> {
  const [row] = await reader.rows<RemediationTotals>(
    `SELECT count(*) FILTER (WHERE ${IS_OPEN})::int AS open, count(*) FILTER (WHERE ${IS_OVERDUE})::int AS overdue,
       count(*) FILTER (WHERE r.state = 'PLANNED')::int AS "waitingForApproval",
       count(*) FILTER (WHERE r.state IN (${texts(UNPROVEN_STATES)}))::int AS unverified,
       count(*) FILTER (WHERE r.state = 'VERIFIED')::int AS verified, count(*) FILTER (WHERE r.regrown_item_id IS NOT NULL)::int AS regrown
     ${FROM} WHERE ${SEES} AND ($2::uuid IS NULL OR r.campaign_id = $2::uuid)`,
    [scope.personId, campaignId ?? null],
  );
  return row ?? { open: 0, overdue: 0, waitingForApproval: 0, unverified: 0, verified: 0, regrown: 0 };
}

type Facts = Omit<RemediationDetail, "events" | "can" | "whyNot" | "regrown" | "proofs" | "restoreRequest"> & {
  regrownItemId: string | null;
  regrownCampaignId: string | null;
};

export async function getRemediation(scope: RemediationScope, actor: Actor, id: string): Promise<RemediationDetail | null> {
  const [row] = await reader.rows<Facts>(
    `SELECT ${ROW}, r.decision_id AS "decisionId", d.rationale, r.terms, i.kind AS "itemKind", ${instant("r.not_before")} AS "notBefore", r.grant_id AS "grantId", r.identity_id AS "identityId", r.entitlement_id AS "entitlementId", i.identity_name AS "identityName",
       i.entitlement_name AS "entitlementName", ${run("f")} AS "firstAbsentRun", ${run("w")} AS "secondAbsentRun",
       r.regrown_item_id AS "regrownItemId", r.regrown_campaign_id AS "regrownCampaignId", r.batch_id AS "batchId"
     ${FROM}
     JOIN items i ON i.campaign_id = r.campaign_id AND i.id = r.item_id
     LEFT JOIN decisions d ON d.id = r.decision_id
     LEFT JOIN sync_runs f ON f.id = r.first_absent_run_id
     LEFT JOIN sync_runs w ON w.id = r.second_absent_run_id
     WHERE ${SEES} AND r.id = $2::uuid`,
    [scope.personId, id],
  );
  if (!row) return null;
  const { regrownItemId, regrownCampaignId, ...facts } = row;
  const regrown = regrownItemId && regrownCampaignId ? { campaignId: regrownCampaignId, itemId: regrownItemId } : null;
  const [events, proofs, restoreRequest, powers] = await Promise.all([
    listEvents(id),
    listProofs(id),
    pendingRestore("remediation", id),
    possible(actor, id),
  ]);
  return { ...facts, regrown, events, proofs, restoreRequest, ...powers };
}

const listProofs = (id: string): Promise<ProofRow[]> =>
  reader.rows<ProofRow>(
    `SELECT f.id, f.name, f.size, f.sha256, ${instant("f.uploaded_at")} AS "uploadedAt", u.display_name AS "uploadedByName"
     FROM remediation_proofs f LEFT JOIN app_users u ON u.id = f.uploaded_by WHERE f.remediation_id = $1::uuid ORDER BY f.uploaded_at, f.id`,
    [id],
  );

/** A proof's bytes, for whoever sees its removal. */
export async function readProof(
  scope: RemediationScope,
  { remediationId, proofId }: ProofInput,
): Promise<{ name: string; mediaType: string; bytes: Buffer; sha256: string }> {
  const [row] = await reader.rows<{ name: string; mediaType: string; bytes: Buffer; sha256: string }>(
    `SELECT f.name, f.media_type AS "mediaType", f.bytes, f.sha256 ${FROM} JOIN remediation_proofs f ON f.remediation_id = r.id
     WHERE ${SEES} AND r.id = $2::uuid AND f.id = $3::uuid`,
    [scope.personId, remediationId, proofId],
  );
  if (!row) throw notFound("Proof", proofId);
  return row;
}

async function pendingRestore(kind: "remediation" | "removal_batch", id: string): Promise<PendingRequest | null> {
  const [row] = await reader.rows<PendingRequest>(
    `SELECT q.id, q.action, q.reason, q.requested_by AS "requestedBy", u.display_name AS "requestedByName", ${instant("q.requested_at")} AS "requestedAt",
       ${instant("q.expires_at")} AS "expiresAt"
     FROM second_person_requests q LEFT JOIN app_users u ON u.id = q.requested_by
     WHERE q.action = '${RESTORE}' AND q.subject_kind = $1::text AND q.subject_id = $2::text AND q.state = 'pending' AND q.expires_at > now()`,
    [kind, id],
  );
  return row ?? null;
}

const IS_WRONG = `r.state IN (${texts(WENT_WRONG)})`;
const BATCH = `b.id, b.campaign_id AS "campaignId", c.name AS "campaignName", b.source_id AS "sourceId", s.name AS "sourceName", b.state, b.step,
  b.stop_after AS "stopAfter", b.confirmed, u.display_name AS "startedByName", ${instant("b.started_at")} AS "startedAt", ${instant("b.ended_at")} AS "endedAt",
  b.stopped_because AS "stoppedBecause", n.tasks, n.done, n.wrong`;
const FROM_BATCHES = `FROM removal_batches b JOIN campaigns c ON c.id = b.campaign_id JOIN sources s ON s.id = b.source_id LEFT JOIN app_users u ON u.id = b.started_by
  CROSS JOIN LATERAL (SELECT count(*)::int AS tasks, count(*) FILTER (WHERE ${IS_WRONG})::int AS wrong,
    count(*) FILTER (WHERE r.state IN (${texts([...UNPROVEN_STATES, "VERIFIED"])}))::int AS done FROM remediations r WHERE r.batch_id = b.id) n`;

/** Under way first, then the newest. Only for those who read all removals: a batch is over many owners' resources. */
export async function listBatches(scope: RemediationScope, campaignId: string | null): Promise<BatchRow[]> {
  if (scope.personId !== null) return [];
  return reader.rows<BatchRow>(
    `SELECT ${BATCH} ${FROM_BATCHES} WHERE $1::uuid IS NULL OR b.campaign_id = $1::uuid ORDER BY b.state = 'RUNNING' DESC, b.started_at DESC, b.id LIMIT 20`,
    [campaignId],
  );
}

export async function getBatch(scope: RemediationScope, batchId: string): Promise<BatchDetail | null> {
  if (scope.personId !== null) return null;
  const [row] = await reader.rows<BatchRow>(`SELECT ${BATCH} ${FROM_BATCHES} WHERE b.id = $1::uuid`, [batchId]);
  if (!row) return null;
  const members = await reader.rows<BatchTaskRow>(
    `SELECT r.id, r.label, r.risk_class AS "riskClass", r.batch_step AS step, r.state::text AS state FROM remediations r
     WHERE r.batch_id = $1::uuid ORDER BY r.batch_step, r.label COLLATE "C", r.id`,
    [batchId],
  );
  const { remediationIds } = await restorableOfBatch(reader, batchId);
  return { ...row, members, restorable: remediationIds.length, request: await pendingRestore("removal_batch", batchId) };
}

/** Where two or more approved removals wait for the connector in one source, and none are under way there. */
export async function listExecutable(scope: RemediationScope, campaignId: string | null): Promise<Executable[]> {
  if (scope.personId !== null) return [];
  return reader.rows<Executable>(
    `SELECT c.id AS "campaignId", c.name AS "campaignName", s.id AS "sourceId", s.name AS "sourceName", count(*)::int AS tasks
     FROM remediations r JOIN campaigns c ON c.id = r.campaign_id JOIN sources s ON s.id = r.source_id
     WHERE r.state = 'APPROVED' AND r.kind = 'revoke' AND r.batch_id IS NULL AND s.writes_enabled_at IS NOT NULL AND s.state <> 'retired'
       AND ($1::uuid IS NULL OR c.id = $1::uuid)
       AND NOT EXISTS (SELECT FROM removal_batches b WHERE b.campaign_id = c.id AND b.source_id = s.id AND b.state = 'RUNNING')
     GROUP BY c.id, s.id HAVING count(*) > 1 ORDER BY count(*) DESC, c.name COLLATE "C", s.name COLLATE "C" LIMIT 10`,
    [campaignId],
  );
}

const run = (
  alias: string,
) => `CASE WHEN ${alias}.id IS NOT NULL THEN jsonb_build_object('id', ${alias}.id, 'startedAt', ${instant(`${alias}.started_at`)},
  'observedAt', ${instant(`${alias}.observed_at`)}) END`;

/** Newest first. Steps of one transaction share their instant; the version tells their order. */
async function listEvents(id: string): Promise<RemediationEventRow[]> {
  return reader.rows<RemediationEventRow>(
    `SELECT e.id, e.kind, ${instant("e.at")} AS at, u.display_name AS "actorName", e.detail - 'version' AS detail
     FROM remediation_events e LEFT JOIN app_users u ON u.id = e.actor_id
     WHERE e.remediation_id = $1::uuid ORDER BY e.at DESC, (e.detail ->> 'version')::int DESC, e.id DESC`,
    [id],
  );
}

/** By the same rules that the commands ask. Only what the actor's roles would let them do is explained. */
async function possible(actor: Actor, id: string): Promise<Pick<RemediationDetail, "can" | "whyNot">> {
  const task = await loadTask(reader, id);
  const who = whoOf(actor);
  const approve = approvalRefusals(task, who);
  const execute = executionRefusals(task, who);
  const claim = claimRefusals(task, who);
  const undo = await readUndo(reader, id);
  const asked: [boolean, readonly Refusal[]][] = [
    [task.state === "PLANNED" && can(actor, "remediation.approve"), approve],
    [["PLANNED", "APPROVED"].includes(task.state) && can(actor, "remediation.execute"), execute],
    [["MANUAL_REQUIRED", "TICKETED"].includes(task.state) && can(actor, "remediation.claim"), claim],
  ];
  const why = asked.flatMap(([isAsked, refusals]) => (isAsked ? refusals : []));
  return {
    can: {
      approve: approve.length === 0,
      execute: execute.length === 0,
      claim: claim.length === 0,
      restore: can(actor, "remediation.restore") && restoreRefusals(task, undo.length > 0).length === 0,
    },
    whyNot: [...new Set(why)].map(refusalText),
  };
}

/** Requests to switch a source's writes on that wait for their second person, with what they would switch on but for the secret. */
export async function listWriteRequests(
  scope: RemediationScope,
  sourceId: string,
): Promise<(PendingRequest & { config: Record<string, unknown> })[]> {
  if (scope.personId !== null) return [];
  return reader.rows(
    `SELECT r.id, r.action, r.reason, r.requested_by AS "requestedBy", u.display_name AS "requestedByName", ${instant("r.requested_at")} AS "requestedAt",
       ${instant("r.expires_at")} AS "expiresAt", coalesce(r.input -> 'config', '{}') AS config
     FROM second_person_requests r LEFT JOIN app_users u ON u.id = r.requested_by
     WHERE r.action = $1::text AND r.subject_id = $2::text AND r.state = 'pending' AND r.expires_at > now() ORDER BY r.requested_at, r.id`,
    [ENABLE_WRITES, sourceId],
  );
}

export async function writesOf(scope: RemediationScope, sourceId: string): Promise<{ enabledAt: string | null; supported: boolean }> {
  const [row] = await reader.rows<{ kind: string; enabledAt: string | null }>(
    `SELECT kind, ${instant("writes_enabled_at")} AS "enabledAt" FROM sources WHERE id = $1::uuid AND $2::uuid IS NULL`,
    [sourceId, scope.personId],
  );
  return { enabledAt: row?.enabledAt ?? null, supported: row ? writerSupported(row.kind) : false };
}

/** Requests for a second person that this one may be, soonest to lapse first: of the actions given, and asked by somebody else. */
export async function listWaitingRequests(
  _scope: RemediationScope,
  { actions, userId, personId }: { actions: readonly string[]; userId: string; personId: string | null },
): Promise<WaitingRequest[]> {
  return reader.rows<WaitingRequest>(
    `SELECT ${REQUESTED} FROM ${REQUESTS}
     WHERE q.state = 'pending' AND q.expires_at > now() AND q.action = ANY ($1::text[]) AND q.requested_by <> $2::uuid
       AND ($3::uuid IS NULL OR q.requested_person_id IS DISTINCT FROM $3::uuid)
     ORDER BY q.expires_at, q.id LIMIT 50`,
    [actions, userId, personId],
  );
}
