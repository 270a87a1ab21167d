import "server-only";
import type { AnswerTerms } from "#lib/campaigns/answer-terms.ts";
import type { Tx } from "#lib/db/tx.ts";
import { UNPROVEN_STATES } from "./lifecycle.ts";
import type { RunFacts } from "./proof.ts";
import type { RemediationKind, RemediationState } from "./types.ts";

export async function findRun(tx: Tx, sourceId: string, runId: string): Promise<RunFacts | null> {
  const [row] = await tx.rows<RunFacts>(
    `SELECT r.id, r.state::text AS state, r.is_complete AS "isComplete", r.is_full_read AS "isFullRead", r.started_at AS "startedAt", r.observed_at AS "observedAt",
       EXISTS (SELECT FROM sync_runs l WHERE l.source_id = r.source_id AND l.state = 'APPLIED' AND l.is_full_read AND l.id <> r.id AND l.started_at >= r.started_at) AS "isOvertaken"
     FROM sync_runs r WHERE r.id = $1::uuid AND r.source_id = $2::uuid`,
    [runId, sourceId],
  );
  return row ?? null;
}

export async function campaignsToProve(tx: Tx, sourceId: string): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(
    `SELECT DISTINCT campaign_id AS id FROM remediations WHERE source_id = $1::uuid AND state::text = ANY ($2::text[])`,
    [sourceId, UNPROVEN_STATES],
  );
  return rows.map(({ id }) => id);
}

export type UnprovenTask = {
  id: string;
  version: number;
  state: RemediationState;
  label: string;
  campaignId: string;
  appliedAt: Date | null;
  firstAbsentRun: { id: string; startedAt: Date } | null;
  watchDays: number;
  kind: RemediationKind;
  terms: AnswerTerms | null;
};

/** Tasks of these campaigns that wait for proof by this source, locked in order of id. */
export async function lockUnproven(tx: Tx, sourceId: string, campaignIds: readonly string[]): Promise<UnprovenTask[]> {
  const rows = await tx.rows<Omit<UnprovenTask, "firstAbsentRun"> & { firstId: string | null; firstStartedAt: Date | null }>(
    `SELECT r.id, r.version, r.state::text AS state, r.label, r.campaign_id AS "campaignId", r.applied_at AS "appliedAt", c.watch_days AS "watchDays",
       r.kind, r.terms, f.id AS "firstId", f.started_at AS "firstStartedAt"
     FROM remediations r JOIN campaigns c ON c.id = r.campaign_id LEFT JOIN sync_runs f ON f.id = r.first_absent_run_id
     WHERE r.source_id = $1::uuid AND r.campaign_id = ANY ($2::uuid[]) AND r.state::text = ANY ($3::text[])
     ORDER BY r.id FOR UPDATE OF r`,
    [sourceId, campaignIds, UNPROVEN_STATES],
  );
  return rows.map(({ firstId, firstStartedAt, ...row }) => ({
    ...row,
    firstAbsentRun: firstId && firstStartedAt ? { id: firstId, startedAt: firstStartedAt } : null,
  }));
}

/** One way in which the identity still holds what is to go: a direct grant, with the entitlement that it gives. */
export type Holding = {
  remediationId: string;
  sourceId: string;
  grantId: string;
  /** Of the direct grant; the decided entitlement itself, or one that reaches it. */
  entitlementId: string;
  entitlementName: string;
  /** 0 for the decided entitlement itself. */
  depth: number;
  expiresKind: string;
  expiresAt: Date | null;
};

/** The entitlements that a task r about a grant takes away: the decided one, or of a reduction what does not stay. */
const GOES = `(SELECT r.entitlement_id AS id WHERE r.kind IN ('revoke', 'suspend', 'time_limit') AND r.entitlement_id IS NOT NULL
  UNION ALL SELECT (x ->> 'id')::uuid FROM jsonb_array_elements(CASE WHEN r.kind IN ('reduce', 'narrow') THEN r.terms -> 'ends' ELSE '[]' END) x)`;

/**
 * Every live direct grant, of any source, by which the identities of these tasks hold what is to go: itself, or through any chain of
 * entitlements. A task without a row is one whose access is gone on every path.
 */
export async function findHoldings(tx: Tx, remediationIds: readonly string[]): Promise<Holding[]> {
  if (remediationIds.length === 0) return [];
  return tx.rows<Holding>(
    `SELECT * FROM (SELECT DISTINCT ON (r.id, g.source_id, g.id) r.id AS "remediationId", g.source_id AS "sourceId", g.id AS "grantId", e.id AS "entitlementId",
         e.name AS "entitlementName", CASE WHEN g.entitlement_id = m.id THEN 0 ELSE c.depth END AS depth, g.expires_kind AS "expiresKind", g.expires_at AS "expiresAt"
       FROM remediations r
       CROSS JOIN LATERAL ${GOES} m
       JOIN grants g ON g.holder_id = r.identity_id AND g.holder_kind = 'identity' AND g.ended_run_id IS NULL
       JOIN entitlements e ON e.id = g.entitlement_id
       LEFT JOIN entitlement_closure c ON c.holder_id = g.entitlement_id AND c.reached_id = m.id
       WHERE r.id = ANY ($1::uuid[]) AND (g.entitlement_id = m.id OR c.reached_id IS NOT NULL)
       ORDER BY r.id, g.source_id, g.id, depth) h
     ORDER BY "remediationId", depth, "entitlementName" COLLATE "C", "grantId"`,
    [remediationIds],
  );
}

/** Verified, watched, and not followed up. */
const WATCHED = "r.state = 'VERIFIED' AND r.watch_until > now() AND r.regrown_item_id IS NULL";
/** Access that is held nowhere has not come back: told without looking at each. Of the other decisions there are few. */
const MAY_BE_BACK = `(r.subject_id IS NOT NULL OR r.kind NOT IN ('revoke', 'suspend', 'time_limit', 'reduce', 'narrow') OR EXISTS (
  SELECT FROM ${GOES} m JOIN grants g ON g.holder_id = r.identity_id AND g.holder_kind = 'identity' AND g.ended_run_id IS NULL
  LEFT JOIN entitlement_closure c ON c.holder_id = g.entitlement_id AND c.reached_id = m.id
  WHERE g.entitlement_id = m.id OR c.reached_id IS NOT NULL))`;

export type WatchedTask = {
  id: string;
  version: number;
  label: string;
  campaignId: string;
  itemId: string;
  sourceId: string;
  identityId: string | null;
  kind: RemediationKind;
  terms: AnswerTerms | null;
  appliedAt: Date | null;
};

/** Verified decisions that are still watched and may have come undone: of all campaigns, or of one, which are then locked. */
export async function watchedTasks(tx: Tx, campaignId: string | null): Promise<WatchedTask[]> {
  return tx.rows<WatchedTask>(
    `SELECT r.id, r.version, r.label, r.campaign_id AS "campaignId", r.item_id AS "itemId", r.source_id AS "sourceId", r.identity_id AS "identityId", r.kind, r.terms,
       r.applied_at AS "appliedAt"
     FROM remediations r WHERE ${WATCHED} AND ($1::uuid IS NULL OR r.campaign_id = $1::uuid) AND ${MAY_BE_BACK}
     ORDER BY r.id ${campaignId ? "FOR UPDATE" : ""}`,
    [campaignId],
  );
}

export async function keepRegrown(tx: Tx, task: WatchedTask, item: { campaignId: string; itemId: string }): Promise<void> {
  await tx.rows(
    `UPDATE remediations SET regrown_campaign_id = $2::uuid, regrown_item_id = $3::uuid WHERE id = $1::uuid AND regrown_item_id IS NULL`,
    [task.id, item.campaignId, item.itemId],
  );
}
