import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import { instant, json, type PackTable, plain, text } from "./tables.sql.ts";
import { sameTransaction } from "./view.sql.ts";

const STATES = `ARRAY['PLANNED', 'APPROVED', 'QUEUED', 'RUNNING', 'FAILED', 'NOT_SUPPORTED', 'MANUAL_REQUIRED', 'TICKETED', 'APPLIED_UNVERIFIED', 'ALREADY_GONE',
  'CLAIMED_DONE', 'NOT_EFFECTIVE', 'COVERED', 'VERIFIED', 'SUPERSEDED', 'RESTORED']`;

const isCovered = (row: string, at: string) =>
  `EXISTS (SELECT FROM pack_events e WHERE ${sameTransaction("e", row, at)} AND e.is_campaign)`;

const latest = (column: string, kinds: string) =>
  `(array_agg(${column} ORDER BY v.at DESC, v.id DESC) FILTER (WHERE v.kind IN (${kinds})))[1]`;

/** A step into a ticket, and a ticket that took another's place. */
const TICKETS = "'TICKETED', 'ticket_changed'";

/** The steps that are covered, by task; each says which version of the task it made. The working columns of a task are not read: they are those of today. */
const STEPS = `
  SELECT v.remediation_id,
    (array_agg(v.kind ORDER BY (v.detail ->> 'version')::int DESC NULLS LAST, v.at DESC) FILTER (WHERE v.kind = ANY (${STATES})))[1] AS state,
    ${latest("v.actor_id", "'APPROVED'")} AS approved_by, ${latest("v.at", "'APPROVED'")} AS approved_at,
    (array_agg(v.actor_id ORDER BY v.at DESC) FILTER (WHERE v.kind = 'QUEUED' AND v.actor_id IS NOT NULL))[1] AS executed_by, ${latest("v.at", "'QUEUED'")} AS queued_at,
    ${latest("v.at", "'APPLIED_UNVERIFIED', 'ALREADY_GONE', 'CLAIMED_DONE'")} AS applied_at,
    ${latest("v.detail ->> 'reference'", TICKETS)} AS ticket, ${latest("v.detail ->> 'link'", TICKETS)} AS ticket_link,
    ${latest("v.actor_id", TICKETS)} AS ticketed_by, ${latest("v.at", TICKETS)} AS ticketed_at,
    ${latest("v.actor_id", "'CLAIMED_DONE'")} AS claimed_by, ${latest("v.at", "'VERIFIED'")} AS verified_at,
    ${latest("v.at", "'RESTORED'")} AS restored_at, ${latest("v.detail ->> 'requestedBy'", "'RESTORED'")} AS restore_requested_by,
    ${latest("v.detail ->> 'confirmedBy'", "'RESTORED'")} AS restore_confirmed_by
  FROM remediation_events v WHERE ${isCovered("v", "v.at")} GROUP BY v.remediation_id`;

/** The runs that show absence, return or regrowth, as the log has them. */
const RUNS = `
  SELECT subject_id, (array_agg(data ->> 'firstRunId' ORDER BY leaf_index DESC) FILTER (WHERE type = 'remediation.verified'))[1] AS first_run_id,
    (array_agg(data ->> 'secondRunId' ORDER BY leaf_index DESC) FILTER (WHERE type = 'remediation.verified'))[1] AS second_run_id,
    (array_agg(data ->> 'runId' ORDER BY leaf_index DESC) FILTER (WHERE type = 'remediation.absence_seen'))[1] AS absent_run_id,
    (array_agg(data ->> 'runId' ORDER BY leaf_index DESC) FILTER (WHERE type = 'remediation.not_effective'))[1] AS present_run_id,
    (array_agg(data ->> 'runId' ORDER BY leaf_index DESC) FILTER (WHERE type = 'remediation.regrown'))[1] AS regrown_run_id,
    max(recorded_at) FILTER (WHERE type = 'remediation.regrown') AS regrown_at
  FROM pack_events WHERE subject_kind = 'remediation' GROUP BY subject_id`;

export const remediation: PackTable = {
  name: "remediation",
  holds: "one task that makes a decision true in its source, as far as it has come, with the syncs that prove it",
  columns: [
    plain("id", "r.id"),
    plain("item_id", "r.item_id"),
    plain("decision_id", "r.decision_id"),
    text("label", "r.label"),
    plain("risk_class", "r.risk_class"),
    plain("state", "coalesce(v.state, 'PLANNED')"),
    instant("planned_at", "r.created_at"),
    instant("sla_due_at", "r.sla_due_at"),
    plain(
      "within_sla",
      `CASE WHEN v.verified_at <= r.sla_due_at THEN 'yes' WHEN v.verified_at IS NOT NULL OR r.sla_due_at < (SELECT max(recorded_at) FROM pack_events) THEN 'no'
       ELSE 'not due yet' END`,
    ),
    plain("decided_by_id", "r.decided_by"),
    text("decided_by", "p.name"),
    text("approved_by", "CASE WHEN v.approved_at IS NOT NULL AND v.approved_by IS NULL THEN 'by rule' ELSE ua.name END"),
    instant("approved_at", "v.approved_at"),
    text("executed_by", "CASE WHEN v.queued_at IS NOT NULL AND v.executed_by IS NULL THEN 'Countersign' ELSE ue.name END"),
    text("claimed_done_by", "uc.name"),
    instant("applied_at", "v.applied_at"),
    plain("first_absent_run_id", "coalesce(g.first_run_id, g.absent_run_id)"),
    plain("second_absent_run_id", "g.second_run_id"),
    plain("still_present_run_id", "g.present_run_id"),
    instant("verified_at", "v.verified_at"),
    instant("watch_until", "CASE WHEN v.verified_at IS NOT NULL THEN r.watch_until END"),
    plain("regrown_run_id", "g.regrown_run_id"),
    instant("regrown_at", "g.regrown_at"),
    plain("kind", "r.kind"),
    json("terms", "r.terms"),
    instant("not_before", "r.not_before"),
    instant("restored_at", "v.restored_at"),
    text("restore_requested_by", "ur.name"),
    text("restore_confirmed_by", "us.name"),
    text("ticket", "v.ticket"),
    text("ticket_link", "v.ticket_link"),
    text("ticketed_by", "ut.name"),
    instant("ticketed_at", "v.ticketed_at"),
  ],
  from: (
    campaign,
  ) => `FROM remediations r LEFT JOIN (${STEPS}) v ON v.remediation_id = r.id LEFT JOIN (${RUNS}) g ON g.subject_id = r.id::text
    LEFT JOIN pack_people p ON p.id = r.decided_by LEFT JOIN pack_users ua ON ua.id = v.approved_by LEFT JOIN pack_users ue ON ue.id = v.executed_by
    LEFT JOIN pack_users uc ON uc.id = v.claimed_by LEFT JOIN pack_users ur ON ur.id::text = v.restore_requested_by
    LEFT JOIN pack_users us ON us.id::text = v.restore_confirmed_by LEFT JOIN pack_users ut ON ut.id = v.ticketed_by
    WHERE r.campaign_id = ${campaign} AND ${isCovered("r", "r.created_at")}`,
  orderBy: "r.item_id, r.id",
};

export const remediationEvents: PackTable = {
  name: "remediation-events",
  holds: "one step of a remediation with its proof: checks before it, statements, claims, syncs that saw it gone or still there",
  columns: [
    plain("id", "v.id"),
    plain("remediation_id", "v.remediation_id"),
    plain("item_id", "r.item_id"),
    plain("kind", "v.kind"),
    instant("at", "v.at"),
    plain("actor_id", "v.actor_id"),
    text("actor", "CASE WHEN v.actor_id IS NULL THEN 'Countersign' ELSE u.name END"),
    json("detail", "v.detail"),
  ],
  from: (campaign) => `FROM remediations r JOIN remediation_events v ON v.remediation_id = r.id LEFT JOIN pack_users u ON u.id = v.actor_id
    WHERE r.campaign_id = ${campaign} AND ${isCovered("r", "r.created_at")} AND ${isCovered("v", "v.at")}`,
  orderBy: "r.item_id, v.remediation_id, v.at, v.id",
};

/** A proof's place in the pack: by its digest, so that a name from outside is never a path. */
const PROOF_FILE = `'proofs/' || f.sha256 || '.' || lower(substring(f.name FROM '[^.]*$'))`;
const FROM_PROOFS = (campaign: string) => `FROM remediations r JOIN remediation_proofs f ON f.remediation_id = r.id
  JOIN pack_events e ON e.type = 'remediation.proof_added' AND e.data ->> 'proofId' = f.id::text LEFT JOIN pack_users u ON u.id = f.uploaded_by
  WHERE r.campaign_id = ${campaign}`;

export const remediationProofs: PackTable = {
  name: "remediation-proofs",
  holds: "one file that shows that a removal by hand was done; the file itself is beside it",
  columns: [
    plain("id", "f.id"),
    plain("remediation_id", "f.remediation_id"),
    text("name", "f.name"),
    plain("media_type", "f.media_type"),
    plain("size", "f.size"),
    plain("sha256", "f.sha256"),
    text("uploaded_by", "u.name"),
    instant("uploaded_at", "f.uploaded_at"),
    plain("file", PROOF_FILE),
  ],
  from: FROM_PROOFS,
  orderBy: "f.remediation_id, f.id",
};

/** The files themselves, one at a time: each is at most 5 MiB. The same bytes for several removals are in the pack once. */
export async function* proofFiles(tx: Tx, campaignId: string): AsyncGenerator<{ name: string; bytes: Buffer }> {
  const names = await tx.rows<{ id: string; name: string }>(
    `SELECT DISTINCT ON (name) * FROM (SELECT f.id, ${PROOF_FILE} AS name ${FROM_PROOFS("$1::uuid")}) x ORDER BY name, id`,
    [campaignId],
  );
  for (const { id, name } of names) {
    const [file] = await tx.rows<{ bytes: Buffer }>("SELECT bytes FROM remediation_proofs WHERE id = $1::uuid", [id]);
    if (file) yield { name, bytes: file.bytes };
  }
}
