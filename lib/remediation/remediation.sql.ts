import "server-only";
import type { Actor } from "#lib/authz/actor.ts";
import { personIdOf, userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { can } from "#lib/authz/permissions.ts";
import { outcomeOfAnswerSql } from "#lib/campaigns/outcome.ts";
import { writerSupported } from "#lib/connectors/registry.ts";
import type { Tx } from "#lib/db/tx.ts";
import { conflict, notFound } from "#lib/errors/domain-error.ts";
import { mayMove } from "./lifecycle.ts";
import { type TaskFacts, type Who, writerDoes, writesOfSource } from "./rules.ts";
import type { RemediationKind, RemediationState, Ticket } from "./types.ts";

export type Task = TaskFacts & {
  id: string;
  version: number;
  label: string;
  campaignId: string;
  itemId: string;
  sourceId: string;
  sourceName: string;
  sourceKind: string;
  sourceConfig: unknown;
  writesConfig: unknown;
  writesSecret: Buffer | null;
  identityId: string | null;
  identityName: string;
  identityExternalId: string | null;
  identityClasses: string[];
  entitlementExternalId: string;
  environment: string;
  lastUsedKind: string;
  lastUsedAt: Date | null;
  isBySilence: boolean;
  kind: RemediationKind;
  ticket: Ticket | null;
};

/** What has to be done about an item i: by its outcome, or before it has one by what was handed in. null: nothing. */
export const TASK_KIND = `CASE coalesce(i.outcome, ${outcomeOfAnswerSql("i.answer")}) WHEN 'REVOKE' THEN 'revoke' WHEN 'REDUCE' THEN 'reduce' WHEN 'TIME_LIMIT' THEN 'time_limit'
  WHEN 'SUSPEND' THEN 'suspend' WHEN 'MACHINE_ACTION' THEN i.answer END`;

/** The decision is still what the item stands on, and still asks for the same. A cancelled campaign decides nothing. */
export const DECISION_STANDS = `(i.decision_id IS NOT DISTINCT FROM r.decision_id AND ${TASK_KIND} = r.kind AND i.state IN ('SUBMITTED', 'DECIDED', 'FINAL')
  AND c.state <> 'CANCELLED')`;

export const TICKET = `CASE WHEN r.ticket_reference IS NOT NULL THEN jsonb_build_object('reference', r.ticket_reference, 'link', r.ticket_link) END`;

const TASK = `
  SELECT r.id, r.version, r.state::text AS state, r.label, r.risk_class AS "riskClass", r.campaign_id AS "campaignId", r.item_id AS "itemId",
    r.decided_by AS "decidedBy", d.user_id AS "decidedByUserId", o.owner_id AS "resourceOwnerId", coalesce(${DECISION_STANDS}, false) AS "decisionStands",
    s.id AS "sourceId", s.name AS "sourceName", s.kind AS "sourceKind", s.state::text AS "sourceState", s.writes_enabled_at IS NOT NULL AS "isEnabled",
    s.config AS "sourceConfig", s.writes_config AS "writesConfig", s.writes_secret AS "writesSecret",
    r.identity_id AS "identityId", i.identity_name AS "identityName", n.external_id AS "identityExternalId", array_remove(ARRAY[i.identity_class, n.class], NULL) AS "identityClasses",
    coalesce(e.external_id, i.entitlement_external_id) AS "entitlementExternalId", i.environment,
    coalesce(g.last_used_kind, i.last_used_kind) AS "lastUsedKind", CASE WHEN g.id IS NULL THEN i.last_used_at ELSE g.last_used_at END AS "lastUsedAt",
    r.decision_id IS NULL AS "isBySilence", r.kind, r.subject_id IS NULL AS "isGrant", ${TICKET} AS ticket
  FROM remediations r
  JOIN campaigns c ON c.id = r.campaign_id
  JOIN items i ON i.campaign_id = r.campaign_id AND i.id = r.item_id
  JOIN sources s ON s.id = r.source_id
  LEFT JOIN decisions d ON d.id = r.decision_id
  LEFT JOIN identities n ON n.id = r.identity_id
  LEFT JOIN entitlements e ON e.id = r.entitlement_id
  LEFT JOIN resources o ON o.id = e.resource_id
  LEFT JOIN grants g ON g.source_id = r.source_id AND g.id = r.grant_id
  WHERE r.id = $1::uuid`;

/** `lock` holds the task's row until the end of the transaction. */
export async function loadTask(tx: Tx, remediationId: string, options: { lock?: boolean } = {}): Promise<Task> {
  const [row] = await tx.rows<Omit<Task, "writes"> & { sourceState: string; isEnabled: boolean; isGrant: boolean }>(
    `${TASK}${options.lock ? " FOR UPDATE OF r" : ""}`,
    [remediationId],
  );
  if (!row) throw notFound("Remediation", remediationId);
  const isSupported = writerSupported(row.sourceKind) && writerDoes(row.kind, row.isGrant);
  return { ...row, writes: writesOfSource({ state: row.sourceState, isSupported, isEnabled: row.isEnabled }) };
}

export async function campaignOf(tx: Tx, remediationId: string): Promise<string> {
  const [row] = await tx.rows<{ id: string }>("SELECT campaign_id AS id FROM remediations WHERE id = $1::uuid", [remediationId]);
  if (!row) throw notFound("Remediation", remediationId);
  return row.id;
}

export const whoOf = (actor: Actor): Who => ({
  userId: userIdOf(actor),
  personId: personIdOf(actor),
  mayApproveAny: can(actor, "remediation.approve_any"),
});

export const taskSubject = (task: { id: string; label: string }) => ({ kind: "remediation", id: task.id, label: task.label });

type Moving = { id: string; version: number; state: RemediationState };
export type Move<T extends Moving> = {
  to: RemediationState;
  /** What the history keeps beside the new state. */
  detail: Record<string, unknown> | ((task: T) => Record<string, unknown>);
  /** Further columns; values from $4 on. */
  set?: { sql: string; values: readonly unknown[] };
};

/**
 * One step of many tasks in one statement, with its line in each one's history; answers with the tasks as they are now. A task that moved
 * on meanwhile is a conflict and nothing is moved. The caller records the audit events.
 */
export async function moveTasks<T extends Moving>(tx: Tx, ctx: Ctx, tasks: readonly T[], { to, detail, set }: Move<T>): Promise<T[]> {
  if (tasks.length === 0) return [];
  const wrong = tasks.find(({ state }) => !mayMove(state, to));
  if (wrong) throw new Error(`A task that is ${wrong.state} cannot become ${to}.`);
  const given = tasks.map((task) => ({
    id: task.id,
    version: task.version,
    state: task.state,
    detail: { ...(typeof detail === "function" ? detail(task) : detail), version: task.version + 1 },
  }));
  const moved = await tx.rows<{ id: string }>(
    `WITH given AS (SELECT * FROM jsonb_to_recordset($1::jsonb) AS t (id uuid, version int, state remediation_state, detail jsonb)),
     moved AS (
       UPDATE remediations r SET state = $2::text::remediation_state, version = r.version + 1${set ? `, ${set.sql}` : ""}
       FROM given t WHERE r.id = t.id AND r.version = t.version AND r.state = t.state RETURNING r.id, t.detail)
     INSERT INTO remediation_events (remediation_id, kind, detail, actor_id)
     SELECT id, $2::text, detail, $3::uuid FROM moved RETURNING remediation_id AS id`,
    [JSON.stringify(given), to, userIdOf(ctx.actor), ...(set?.values ?? [])],
  );
  if (moved.length !== tasks.length) throw conflict("The task has moved on meanwhile. Load it again.");
  return tasks.map((task) => ({ ...task, state: to, version: task.version + 1 }));
}

export async function moveTask<T extends Moving>(tx: Tx, ctx: Ctx, task: T, move: Move<T>): Promise<T> {
  const [moved] = await moveTasks(tx, ctx, [task], move);
  if (!moved) throw conflict("The task has moved on meanwhile. Load it again.");
  return moved;
}

/** A line of a task's history that is no step: what was asked, seen or proven. */
export async function noteTask(
  tx: Tx,
  ctx: Ctx,
  task: { id: string; version: number },
  kind: string,
  detail: Record<string, unknown>,
): Promise<void> {
  await tx.rows(
    "INSERT INTO remediation_events (remediation_id, kind, detail, actor_id) VALUES ($1::uuid, $2::text, $3::jsonb, $4::uuid)",
    [task.id, kind, JSON.stringify({ ...detail, version: task.version }), userIdOf(ctx.actor)],
  );
}
