import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import { LATEST, recordsAt, wasThere } from "./history.sql.ts";

/*
 * What a checkpoint covers of a campaign, as temporary tables that every file of the pack is read from. The rule is decision record 0009:
 * events below the tree size, rows whose transaction recorded one of them, and names and states as of those events.
 */

export type Covered = { campaignId: string; treeSize: number };

/** Makes the tables; they live until the end of the transaction, which reads one snapshot. */
export async function openPackView(tx: Tx, covered: Covered): Promise<void> {
  await tx.rows("SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO'; SET LOCAL work_mem = '64MB'; SET LOCAL jit = off");
  await tx.rows(`DROP TABLE IF EXISTS pg_temp.pack_sources, pg_temp.pack_exceptions, pg_temp.pack_events, pg_temp.pack_users, pg_temp.pack_runs, pg_temp.pack_decisions,
    pg_temp.pack_cuts, pg_temp.pack_people, pg_temp.pack_managers, pg_temp.pack_machines, pg_temp.pack_credentials, pg_temp.pack_trusts,
    pg_temp.pack_held, pg_temp.pack_since`);
  const { campaignId, treeSize } = covered;
  await tx.rows(`CREATE TEMP TABLE pack_sources ON COMMIT DROP AS ${SOURCES}`, [campaignId]);
  await tx.rows(`CREATE TEMP TABLE pack_exceptions ON COMMIT DROP AS ${EXCEPTIONS}`, [campaignId]);
  await tx.rows(`CREATE TEMP TABLE pack_events ON COMMIT DROP AS ${events(CAMPAIGN_EVENTS)}`, [campaignId, treeSize]);
  await tx.rows(`INSERT INTO pack_events ${events(USER_EVENTS)}`, [campaignId, treeSize]);
  await tx.rows("ANALYZE pack_events");
  await tx.rows(`CREATE TEMP TABLE pack_users ON COMMIT DROP AS ${USERS}`);
  await tx.rows(`CREATE TEMP TABLE pack_runs ON COMMIT DROP AS ${RUNS}`);
  await tx.rows(`CREATE TEMP TABLE pack_decisions ON COMMIT DROP AS ${DECISIONS}`, [campaignId]);
  await tx.rows("ANALYZE pack_users; ANALYZE pack_runs; ANALYZE pack_decisions");
  await tx.rows(`CREATE TEMP TABLE pack_cuts ON COMMIT DROP AS ${CUTS}`, [campaignId]);
  await tx.rows(`CREATE TEMP TABLE pack_people ON COMMIT DROP AS ${peopleAt("pack_cuts")}`);
  await tx.rows(`CREATE TEMP TABLE pack_managers ON COMMIT DROP AS ${peopleAt("pack_manager_cuts", MANAGER_CUTS)}`);
  await tx.rows(`CREATE TEMP TABLE pack_machines ON COMMIT DROP AS ${MACHINES}`, [campaignId]);
  await tx.rows(`CREATE TEMP TABLE pack_credentials ON COMMIT DROP AS ${belongings("credentials")}`);
  await tx.rows(`CREATE TEMP TABLE pack_trusts ON COMMIT DROP AS ${belongings("trusts")}`);
  await tx.rows(
    `CREATE TEMP TABLE pack_held ON COMMIT DROP AS SELECT identity_id, entitlement_id FROM items WHERE campaign_id = $1::uuid AND kind = 'grant'`,
    [campaignId],
  );
  await tx.rows(`CREATE TEMP TABLE pack_since ON COMMIT DROP AS ${SINCE_FREEZE}`);
  await tx.rows("CREATE INDEX ON pack_held (identity_id, entitlement_id)");
  await tx.rows("ANALYZE pack_people; ANALYZE pack_managers; ANALYZE pack_machines; ANALYZE pack_held");
}

/** The sources in scope as the signed manifest names them, with the run that the population stands on. */
const SOURCES = `
  SELECT (s.account ->> 'id')::uuid AS id, s.account ->> 'name' AS name, s.account, s.place
  FROM populations p, jsonb_array_elements(p.manifest::jsonb -> 'sources') WITH ORDINALITY AS s (account, place) WHERE p.campaign_id = $1::uuid`;

/** Access granted after the freeze that micro-campaigns took, as far as the log has them. */
const SINCE_FREEZE = `
  SELECT i.grant_id, i.campaign_id FROM pack_events e JOIN items i ON i.campaign_id = (e.data ->> 'microCampaignId')::uuid
  WHERE e.type = 'campaign.since_freeze_reviewed' AND e.is_campaign`;

/** Exceptions for the access of items of the campaign, unless they had ended before its freeze. Which rows are covered, their events say. */
const EXCEPTIONS = `
  SELECT x.id, i.id AS item_id FROM exceptions x JOIN items i ON i.identity_id = x.identity_id AND i.entitlement_id = x.entitlement_id
  JOIN campaigns c ON c.id = i.campaign_id WHERE i.campaign_id = $1::uuid AND coalesce(x.ended_at >= c.staged_at, true)`;

/**
 * Canonical JSON escapes quotes inside strings, so this text can only be the member itself. The scan begins with the campaign's first event;
 * what is older is found by its subject.
 */
const CAMPAIGN_EVENTS = `
  SELECT e.id FROM audit_events e
  WHERE e.id >= (SELECT min(f.id) FROM audit_events f WHERE f.subject_kind = 'campaign' AND f.subject_id = $1::text)
    AND (strpos(e.body, '"campaignId":"' || $1::text || '"') > 0 OR e.type = 'setting.changed')
  UNION SELECT e.id FROM audit_events e WHERE e.subject_kind = 'campaign' AND e.subject_id = $1::text
  UNION SELECT e.id FROM audit_events e JOIN pack_sources s ON e.subject_kind = 'source' AND e.subject_id = s.id::text
  UNION SELECT e.id FROM pack_sources s
    JOIN sync_runs r ON r.source_id = s.id AND r.started_at >= coalesce((s.account #>> '{run,started_at}')::timestamptz, '-infinity')
    JOIN audit_events e ON e.subject_kind = 'sync_run' AND e.subject_id = r.id::text
  UNION SELECT e.id FROM (SELECT DISTINCT id FROM pack_exceptions) x JOIN audit_events e ON e.subject_kind = 'exception' AND e.subject_id = x.id::text
  UNION SELECT e.id FROM campaigns c JOIN audit_events e ON e.subject_kind = 'campaign_template' AND e.subject_id = c.template_id::text WHERE c.id = $1::uuid
  UNION SELECT e.id FROM audit_events e WHERE e.type = 'instance.created'
  UNION SELECT e.id FROM (SELECT DISTINCT mail_delivery_id AS id FROM notifications WHERE campaign_id = $1::uuid) n
    JOIN audit_events e ON e.subject_kind = 'notification_delivery' AND e.subject_id = n.id::text
  UNION SELECT e.id FROM audit_events e WHERE e.subject_kind = 'instance' AND e.subject_id = 'notifications' AND e.type = 'notifications.collected'
    AND (e.body::jsonb ->> 'occurred_at')::timestamptz IN (
      SELECT d.created_at FROM notifications n JOIN notification_deliveries d ON d.id = n.mail_delivery_id WHERE n.campaign_id = $1::uuid)`;

/** Rights and links to people of those who acted, and the confirmed or undone matches of the identities under review. */
const USER_EVENTS = `
  SELECT e.id FROM (SELECT DISTINCT actor_id FROM pack_events) a JOIN audit_events e ON e.subject_kind = 'user' AND e.subject_id = a.actor_id
    WHERE e.type IN ('user.role_granted', 'user.role_ended', 'user.linked_to_person', 'user.disabled', 'user.enabled')
  UNION SELECT e.id FROM (SELECT DISTINCT identity_id::text AS id FROM items WHERE campaign_id = $1::uuid) i
    JOIN audit_events e ON e.subject_kind = 'identity' AND e.subject_id = i.id AND e.type LIKE 'identity.match%'
  EXCEPT SELECT event_id FROM pack_events`;

/** By far the most: what their data tells is in the decision that they name. */
const ANSWERS = `'{campaign_item.kept,campaign_item.revoked,campaign_item.abstained,campaign_item.exception_requested,campaign_item.reduced,campaign_item.time_limited,
  campaign_item.rotation_asked,campaign_item.shortening_asked,campaign_item.federation_asked,campaign_item.narrowing_asked,campaign_item.split_asked,
  campaign_item.new_owner_asked,campaign_item.retirement_asked,campaign_item.answer_withdrawn}'::text[]`;

const events = (chosen: string): string => `
  SELECT l.leaf_index, e.id AS event_id, e.recorded_at, e.type, e.subject_kind, e.subject_id, e.actor_id, e.transaction_id,
    CASE WHEN NOT e.type = ANY (${ANSWERS}) THEN e.body::jsonb -> 'data' END AS data,
    CASE WHEN NOT e.type = ANY (${ANSWERS}) THEN (e.body::jsonb ->> 'occurred_at')::timestamptz END AS occurred_at,
    CASE WHEN e.type = ANY (${ANSWERS}) THEN (e.body::jsonb #>> '{data,decisionId}')::uuid END AS decision_id,
    strpos(e.body, '"campaignId":"' || $1::text || '"') > 0 OR (e.subject_kind = 'campaign' AND e.subject_id = $1::text) AS is_campaign
  FROM (${chosen}) c JOIN audit_events e ON e.id = c.id JOIN audit_leaves l ON l.event_id = e.id AND l.leaf_index < $2::bigint
  ORDER BY l.leaf_index`;

/** Names as the newest event of the pack by that user has them; null once retention has taken the value. */
const USERS = `
  SELECT u.actor_id::uuid AS id, v.value::jsonb #>> '{}' AS name
  FROM (SELECT actor_id, max(event_id) AS event_id FROM pack_events WHERE actor_id ~ '^[0-9a-f]{8}-[0-9a-f-]{27}$' GROUP BY actor_id) u
  LEFT JOIN audit_values v ON v.event_id = u.event_id AND v.name = '/actor/label'`;

/** Runs of the sources, in the state that the log has them in. */
const RUNS = `
  SELECT subject_id::uuid AS id, (array_agg(upper(split_part(type, '.', 2)) ORDER BY leaf_index DESC))[1] AS state,
    min(leaf_index) FILTER (WHERE type = 'sync_run.applied') AS applied_leaf, max(recorded_at) FILTER (WHERE type <> 'sync_run.started') AS ended_at,
    (array_agg(data ORDER BY leaf_index DESC))[1] AS data
  FROM pack_events WHERE subject_kind = 'sync_run' AND type LIKE 'sync_run.%' GROUP BY subject_id`;

/** Whether an event and a row are of one transaction: see the decision record on numbers that a restored server gives out again. `at` is the database's clock. */
export const sameTransaction = (event: string, row: string, at: string): string =>
  `${event}.transaction_id = ${row}.transaction_id AND ${event}.recorded_at BETWEEN ${at} - interval '1 day' AND ${at} + interval '1 day'`;
/** The same for rows whose time is the command's: the event of that command says the same instant. */
export const sameCommand = (event: string, row: string, at: string): string =>
  `${event}.transaction_id = ${row}.transaction_id AND ${event}.occurred_at = ${at}`;

/** Each decision with the event that recorded it: its own, or the one of its bulk. */
const DECISIONS = `
  SELECT d.id, d.item_id, d.item_version, d.reviewer_id, e.event_id, e.leaf_index, e.recorded_at
  FROM decisions d JOIN pack_events e ON e.decision_id = d.id WHERE d.campaign_id = $1::uuid
  UNION ALL
  SELECT d.id, d.item_id, d.item_version, d.reviewer_id, e.event_id, e.leaf_index, e.recorded_at
  FROM decisions d JOIN pack_events e ON e.type IN ('campaign_items.decided', 'campaign_items.carried') AND e.is_campaign AND e.data ->> 'answer' = d.answer
    AND ${sameCommand("e", "d", "d.decided_at")}
  WHERE d.campaign_id = $1::uuid AND NOT EXISTS (SELECT FROM pack_events o WHERE o.decision_id = d.id)`;

/** Up to where a person's facts are told: to their last decision in the campaign, else to the sign-off. */
const CUTS = `
  SELECT p.id, coalesce(d.leaf_index, (SELECT max(leaf_index) FROM pack_events WHERE type = 'campaign.signed_off' AND is_campaign), ${LATEST}) AS leaf_index
  FROM (SELECT reviewer_id AS id FROM items WHERE campaign_id = $1::uuid UNION SELECT first_reviewer_id FROM items WHERE campaign_id = $1::uuid
    UNION SELECT from_id FROM assignments WHERE campaign_id = $1::uuid UNION SELECT to_id FROM assignments WHERE campaign_id = $1::uuid
    UNION SELECT reviewer_id FROM pack_decisions UNION SELECT reviewer_id FROM submissions WHERE campaign_id = $1::uuid
    UNION SELECT fallback_person_id FROM campaigns WHERE id = $1::uuid
    UNION SELECT reviewer_id FROM second_looks WHERE campaign_id = $1::uuid) p
  LEFT JOIN (SELECT reviewer_id, max(leaf_index) AS leaf_index FROM pack_decisions GROUP BY reviewer_id) d ON d.reviewer_id = p.id
  WHERE p.id IS NOT NULL`;

const MANAGER_CUTS = `
  pack_manager_cuts AS (
    SELECT m.id, min(p.leaf_index) AS leaf_index FROM pack_people p JOIN people m ON m.source_id = p.source_id AND m.external_id = p.manager GROUP BY m.id)`;

const peopleAt = (cuts: string, prologue = ""): string => `
  ${recordsAt("people", cuts, prologue)}
  SELECT id, leaf_index, source_id, external_id, facts ->> 'name' AS name, facts ->> 'title' AS title, facts ->> 'department' AS department,
    facts ->> 'manager' AS manager, facts ->> 'employment' AS employment, CASE WHEN is_gone THEN 'gone from its source' ELSE facts ->> 'status' END AS status
  FROM told`;

/** Identities under review that are not people's own, as they stood at the freeze, with their credentials and the rules of who may assume them. */
const MACHINE_CUTS = `
  pack_machine_cuts AS (
    SELECT DISTINCT i.identity_id AS id, (SELECT max(leaf_index) FROM pack_events WHERE type = 'campaign.staged' AND is_campaign) AS leaf_index
    FROM items i WHERE i.campaign_id = $1::uuid AND i.identity_class <> 'human' AND i.identity_id IS NOT NULL)`;
const MACHINES = `${recordsAt("identities", "pack_machine_cuts", MACHINE_CUTS)} SELECT id, leaf_index, source_id, external_id, facts FROM told`;

/** Those of today, and those that were somebody's else before: which of them it was at the freeze, their history tells. */
const belongings = (stream: "credentials" | "trusts"): string => `
  ${recordsAt(
    stream,
    "pack_cuts_of",
    `pack_cuts_of AS (
      SELECT x.id, m.leaf_index FROM pack_machines m JOIN ${stream} x ON x.source_id = m.source_id AND x.identity = m.external_id
      UNION SELECT c.record_id, m.leaf_index FROM pack_machines m
        JOIN inventory_changes c ON c.stream = '${stream}' AND c.source_id = m.source_id AND c.before ->> 'identity' = m.external_id)`,
  )}
  SELECT t.id, m.id AS identity_id, t.external_id, t.facts FROM told t JOIN pack_machines m ON m.source_id = t.source_id AND m.external_id = t.facts ->> 'identity'
  WHERE ${wasThere("t")}`;
