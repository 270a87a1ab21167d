import "server-only";
import type { CampaignScope } from "#lib/authz/scope.ts";
import { decodeCursor, encodeCursor } from "#lib/db/cursor.ts";
import { reader } from "#lib/db/transact.ts";
import { CAMPAIGN_JOINS, CAMPAIGN_ROW } from "./campaign-row.sql.ts";
import type { CampaignRow, DelegationRow } from "./campaign-types.ts";
import { readCompact } from "./compact.ts";
import { listDelegations } from "./delegation.sql.ts";
import { readContext } from "./item-context.sql.ts";
import { ITEM_ARRAY, ITEM_COLUMNS, ITEM_JOINS, instantSql } from "./item-rows.sql.ts";
import type { ItemDetail, MyReview, ReviewItemRow } from "./review-types.ts";
import type { CampaignListParams, ItemListParams } from "./schema.ts";
import { SUBJECT_GONE_RUN } from "./subject.sql.ts";

export { getCampaign } from "./campaign-page.sql.ts";
export { getCarriedBundle } from "./carry.sql.ts";
export { getExceptionImpact } from "./exception-items.sql.ts";
export { previewScope } from "./preview.sql.ts";

/** Which campaigns and items a scope sees, as conditions on campaigns c and items i; $1 is the reviewer, null for those who read all. */
export const SEES_CAMPAIGN = `($1::uuid IS NULL OR (c.launched_at IS NOT NULL AND EXISTS (SELECT FROM items s WHERE s.campaign_id = c.id AND s.reviewer_id = $1::uuid)))`;
export const SEES_ITEM = `($1::uuid IS NULL OR (c.launched_at IS NOT NULL AND (i.reviewer_id = $1::uuid
  OR EXISTS (SELECT FROM second_looks s WHERE s.campaign_id = i.campaign_id AND s.item_id = i.id AND s.reviewer_id = $1::uuid)
  OR EXISTS (SELECT FROM decisions s WHERE s.campaign_id = i.campaign_id AND s.item_id = i.id AND s.reviewer_id = $1::uuid))))`;

/** By date, what is over comes after everything that somebody still has to do with. */
const IS_OVER = "c.state IN ('CLOSED', 'ARCHIVED', 'CANCELLED', 'NOT_APPLICABLE')";
const SORTS = { dueAt: `${IS_OVER}, c.due_at`, name: `c.name COLLATE "C"`, state: "c.state", createdAt: "c.created_at" } as const;

export async function listCampaigns(scope: CampaignScope, params: CampaignListParams): Promise<CampaignRow[]> {
  const direction = params.direction === "desc" ? "DESC" : "ASC";
  return reader.rows<CampaignRow>(
    `SELECT ${CAMPAIGN_ROW} FROM campaigns c ${CAMPAIGN_JOINS}
     WHERE ${SEES_CAMPAIGN} AND ($2::text = '' OR c.name ILIKE '%' || $2::text || '%') AND ($3::text = '' OR c.state::text = $3::text)
     ORDER BY ${SORTS[params.sort]} ${direction}, c.id LIMIT 500`,
    [scope.reviewerId, likeText(params.q), params.state],
  );
}

/** % and _ are letters here. */
export const likeText = (text: string): string => text.replace(/[\\%_]/g, "\\$&");

/** What waits for the person, soonest due first. */
export async function listMyReviews(scope: CampaignScope): Promise<MyReview[]> {
  return reader.rows<MyReview>(
    `SELECT c.id AS "campaignId", c.name, c.state::text AS state, ${instantSql("c.due_at")} AS "dueAt", c.zone, k.items, k.open, k.drafted, k.submitted,
       k."highOrCritical"
     FROM campaigns c
     JOIN LATERAL (
       SELECT count(*)::int AS items, count(*) FILTER (WHERE i.state = 'ASSIGNED')::int AS open, count(*) FILTER (WHERE i.state = 'DRAFTED')::int AS drafted,
         count(*) FILTER (WHERE i.state IN ('SUBMITTED', 'DECIDED', 'FINAL'))::int AS submitted,
         count(*) FILTER (WHERE i.state IN ('ASSIGNED', 'DRAFTED') AND i.risk_class IN ('high', 'critical'))::int AS "highOrCritical"
       FROM items i WHERE i.campaign_id = c.id AND i.reviewer_id = $1::uuid AND i.state <> 'VOIDED') k ON k.items > 0
     WHERE c.state IN ('ACTIVE', 'PAUSED', 'CLOSING') ORDER BY c.due_at, c.id`,
    [scope.reviewerId],
  );
}

type Json = { row: unknown[] };
const rowsOf = (found: readonly Json[]): ReviewItemRow[] => readCompact({ columns: ITEM_COLUMNS, rows: found.map(({ row }) => row) });

/** What the page is narrowed to: only what was asked for is in the statement. */
function filtersOf({ q, risk, state, reviewer, answer }: ItemListParams): { value: string; sql: (place: string) => string }[] {
  const NAMES = ["i.identity_name", "i.person_name", "i.entitlement_name", "i.resource_name"];
  return [
    { value: likeText(q), sql: (place: string) => NAMES.map((name) => `${name} ILIKE '%' || ${place} || '%'`).join(" OR ") },
    { value: risk, sql: (place: string) => `i.risk_class = ${place}` },
    {
      value: state,
      sql: (place: string) => `CASE ${place} WHEN 'open' THEN i.state IN ('UNASSIGNED', 'ASSIGNED') WHEN 'answered' THEN i.state = 'DRAFTED'
        WHEN 'submitted' THEN i.state IN ('SUBMITTED', 'DECIDED', 'FINAL') ELSE i.state = 'VOIDED' END`,
    },
    {
      value: reviewer,
      sql: (place: string) => `CASE WHEN ${place} = 'none' THEN i.reviewer_id IS NULL ELSE i.reviewer_id::text = ${place} END`,
    },
    {
      value: answer,
      sql: (place: string) =>
        `CASE ${place} WHEN 'unanswered' THEN i.outcome = 'UNANSWERED' WHEN 'termed' THEN i.terms IS NOT NULL ELSE i.answer = ${place} END`,
    },
  ].filter(({ value }) => value !== "");
}

/** Items window by window, in the order of what needs thought. */
export async function listReviewItems(
  scope: CampaignScope,
  campaignId: string,
  params: ItemListParams,
  limit = 100,
): Promise<{ rows: ReviewItemRow[]; next: string | null }> {
  const list = `items ${campaignId} ${params.q} ${params.risk} ${params.state} ${params.answer} ${params.reviewer}`;
  const [afterKey, afterId] = params.cursor ? decodeCursor(list, params.cursor) : [-1, "00000000-0000-0000-0000-000000000000"];
  const given = filtersOf(params);
  const place = (index: number) => `$${index + 6}::text`;
  const found = await reader.rows<Json>(
    `SELECT ${ITEM_ARRAY} AS row FROM (
       SELECT i.* FROM items i JOIN campaigns c ON c.id = i.campaign_id
       WHERE i.campaign_id = $2::uuid AND (i.order_key, i.id) > ($3::int, $4::uuid) AND ${scope.reviewerId === null ? "$1::uuid IS NULL" : "i.reviewer_id = $1::uuid AND c.launched_at IS NOT NULL"}
         ${given.map(({ sql }, index) => `AND (${sql(place(index))})`).join(" ")}
       ORDER BY i.order_key, i.id LIMIT $5::int) i ${ITEM_JOINS} ORDER BY i.order_key, i.id`,
    [scope.reviewerId, campaignId, afterKey, afterId, limit + 1, ...given.map(({ value }) => value)],
    // Planned once where nothing is filtered, which is every page of whoever only turns them: planning took as long as reading.
    given.length === 0 ? { name: scope.reviewerId === null ? "list_items" : "list_own_items" } : {},
  );
  const rows = rowsOf(found.slice(0, limit));
  const last = rows.at(-1);
  return { rows, next: found.length > limit && last ? encodeCursor(list, [last.orderKey, last.id]) : null };
}

/** All rows of one reviewer as the JSON text of CompactItems: the database writes it, nobody parses it on the way. */
export async function reviewItemsJson(scope: CampaignScope, campaignId: string): Promise<string> {
  const [found] = await reader.rows<{ rows: string | null }>(
    `SELECT string_agg(row::text, ',' ORDER BY order_key, id) AS rows FROM (
       SELECT ${ITEM_ARRAY} AS row, i.order_key, i.id FROM items i ${ITEM_JOINS}
       WHERE i.campaign_id = $2::uuid AND i.reviewer_id = $1::uuid AND c.launched_at IS NOT NULL) mine`,
    [scope.reviewerId, campaignId],
    { name: "review_items_json" },
  );
  return `{"columns":${JSON.stringify(ITEM_COLUMNS)},"rows":[${found?.rows ?? ""}]}`;
}

type DetailMore = Omit<ItemDetail, keyof ReviewItemRow | "context">;

const runRef = (run: string) =>
  `CASE WHEN ${run}.id IS NOT NULL THEN jsonb_build_object('id', ${run}.id, 'startedAt', ${instantSql(`${run}.started_at`)}, 'observedAt', ${instantSql(`${run}.observed_at`)}) END`;

/** Everything about one item: what was frozen, what was answered, who held it, which syncs prove it. null where the scope does not see it. */
export async function getItem(scope: CampaignScope, campaignId: string, itemId: string): Promise<ItemDetail | null> {
  const [found] = await reader.rows<{ row: unknown[]; more: DetailMore }>(
    `SELECT ${ITEM_ARRAY} AS row, jsonb_build_object(
       'campaignId', c.id, 'campaignName', c.name, 'campaignState', c.state, 'sourceId', i.source_id, 'grantId', i.grant_id, 'subjectId', i.subject_id, 'identityId', i.identity_id,
       'identityExternalId', i.identity_external_id, 'entitlementId', i.entitlement_id, 'entitlementExternalId', i.entitlement_external_id,
       'entitlementDigest', i.entitlement_digest, 'resourceId', i.resource_id, 'personId', i.person_id, 'reaches', coalesce(p.reaches, '[]'), 'reviewerId', i.reviewer_id,
       'reviewerName', (SELECT name FROM people WHERE id = i.reviewer_id), 'reviewerRule', i.reviewer_rule, 'passedOver', i.passed_over, 'outcome', i.outcome, 'isBySilence', i.outcome IS NOT NULL AND i.decision_id IS NULL,
       'round', i.round, 'rounds', greatest(1, jsonb_array_length(coalesce(c.plan -> 'rounds', '[]'))),
       'overrides', (SELECT coalesce(jsonb_agg(jsonb_build_object('personName', w.name, 'reasons', h.reasons, 'askedBy', a.display_name, 'confirmedBy', f.display_name) ORDER BY h.at), '[]')
         FROM independence_overrides h LEFT JOIN people w ON w.id = h.person_id LEFT JOIN app_users a ON a.id = h.requested_by LEFT JOIN app_users f ON f.id = h.confirmed_by
         WHERE h.campaign_id = i.campaign_id AND h.item_id = i.id),
       'decisions', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', h.id, 'answer', h.answer, 'terms', h.terms, 'rationale', h.rationale, 'decidedAt', ${instantSql("h.decided_at")},
           'reviewerName', w.name, 'userName', v.display_name, 'seconds', h.seconds, 'evidenceViewed', h.evidence_viewed, 'batchSize', h.batch_size,
           'isLate', h.is_late, 'authenticatedBy', h.authenticated_by, 'round', h.round, 'onBehalfOf', b.name) ORDER BY h.decided_at DESC, h.id DESC), '[]')
         FROM decisions h LEFT JOIN people w ON w.id = h.reviewer_id LEFT JOIN people b ON b.id = h.on_behalf_of LEFT JOIN app_users v ON v.id = h.user_id
         WHERE h.campaign_id = i.campaign_id AND h.item_id = i.id),
       'assignments', (SELECT coalesce(jsonb_agg(jsonb_build_object('at', ${instantSql("h.at")}, 'fromName', w.name, 'toName', v.name, 'cause', h.cause,
           'reason', h.reason, 'hop', h.hop) ORDER BY h.at DESC, h.id DESC), '[]')
         FROM assignments h LEFT JOIN people w ON w.id = h.from_id LEFT JOIN people v ON v.id = h.to_id
         WHERE h.campaign_id = i.campaign_id AND h.item_id = i.id),
       'openedRun', ${runRef("r")}, 'observedRun', ${runRef("o")}, 'voidRun', ${runRef("z")}, 'goneRun', ${runRef("g")},
       'followsItemId', i.follows_item_id, 'followsCampaignId', i.follows_campaign_id,
       'remediationId', (SELECT m.id FROM remediations m WHERE m.campaign_id = i.campaign_id AND m.item_id = i.id ORDER BY m.created_at DESC LIMIT 1)) AS more
     FROM items i ${ITEM_JOINS}
     LEFT JOIN sync_runs o ON o.id = i.observed_run_id
     LEFT JOIN sync_runs z ON z.id = i.void_run_id
     LEFT JOIN sync_runs g ON g.id = coalesce((SELECT t.ended_run_id FROM grants t WHERE t.source_id = i.source_id AND t.id = i.grant_id), ${SUBJECT_GONE_RUN})
     WHERE i.campaign_id = $2::uuid AND i.id = $3::uuid AND ${SEES_ITEM}`,
    [scope.reviewerId, campaignId, itemId],
  );
  const [row] = found ? rowsOf([found]) : [];
  return found && row ? { ...row, ...found.more, context: await readContext(campaignId, itemId) } : null;
}

export async function listCampaignSources(
  _scope: CampaignScope,
): Promise<{ id: string; name: string; kind: string; state: string; lastAppliedAt: string | null }[]> {
  return reader.rows(
    `SELECT s.id, s.name, s.kind, s.state::text AS state,
       (SELECT ${instantSql("max(coalesce(r.finished_at, r.started_at))")} FROM sync_runs r WHERE r.source_id = s.id AND r.state = 'APPLIED') AS "lastAppliedAt"
     FROM sources s WHERE s.state <> 'retired' ORDER BY s.name COLLATE "C", s.id`,
  );
}

/** People in office, by a part of their name or mail address. */
export async function listEligiblePeople(
  _scope: CampaignScope,
  q: string,
): Promise<{ personId: string; name: string; title: string | null; hasSignIn: boolean }[]> {
  return reader.rows(
    `SELECT p.id AS "personId", p.name, p.title, EXISTS (SELECT FROM app_users u WHERE u.person_id = p.id AND u.disabled_at IS NULL) AS "hasSignIn"
     FROM people p WHERE p.status <> 'left' AND p.gone_at IS NULL AND (p.name ILIKE '%' || $1::text || '%' OR p.mail ILIKE '%' || $1::text || '%')
     ORDER BY 4 DESC, p.name COLLATE "C", p.id LIMIT 20`,
    [likeText(q)],
  );
}

/** Who stands in for a reviewer, now and later. */
export async function getDelegations({ reviewerId }: CampaignScope): Promise<DelegationRow[]> {
  return reviewerId === null ? [] : listDelegations(reader, reviewerId);
}

export async function listPeopleById(_scope: CampaignScope, ids: readonly string[]): Promise<{ personId: string; name: string }[]> {
  return ids.length === 0 ? [] : reader.rows(`SELECT id AS "personId", name FROM people WHERE id = ANY ($1::uuid[])`, [ids]);
}
