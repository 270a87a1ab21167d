import "server-only";
import { instant, type PackTable, plain, text } from "./tables.sql.ts";

/*
 * What the sources' logs tell of the identities under review. Only events of batches that the checkpoint covers: each batch's digest is in
 * its event in the log.
 */

/** Before the freeze: what a reviewer could look back on. */
const LOOK_BACK_DAYS = 90;

const FROM_EVENTS = `FROM access_events a
  JOIN (SELECT DISTINCT (data ->> 'batchId')::uuid AS id FROM pack_events WHERE type = 'access_events.imported') b ON b.id = a.batch_id
  JOIN pack_sources s ON s.id = a.source_id`;
/** The recorded instant of the newest event that the pack covers: later than it, nothing is told. */
const UNTIL = "(SELECT max(recorded_at) FROM pack_events)";

const EVENT = [
  text("source", "s.name"),
  text("event_id", "a.event_id"),
  instant("at", "a.occurred_at"),
  plain("kind", "a.kind"),
  text("action", "a.action"),
  plain("outcome", "a.outcome"),
  plain("privileged", "a.privileged"),
  plain("mfa", "a.mfa"),
  plain("identity_key", "a.identity_id"),
  text("principal", "coalesce(a.principal_name, a.principal)"),
  text("session", "a.session_key"),
  text("authenticated_by", "a.authenticated_by"),
  text("credential", "a.credential"),
  text("target", "a.target"),
  text("address", "a.address"),
  plain("batch_id", "a.batch_id"),
];

export const accessSequence: PackTable = {
  name: "access-sequence",
  holds: `one MFA challenge, sign-in, token issued, or privilege granted or used by an identity under review, in order, from ${LOOK_BACK_DAYS} days before the freeze to the checkpoint`,
  columns: EVENT,
  from: (campaign) => `${FROM_EVENTS}
    WHERE a.kind <> 'other' AND a.identity_id IN (SELECT identity_id FROM items WHERE campaign_id = ${campaign})
      AND a.occurred_at >= (SELECT frozen_at FROM populations WHERE campaign_id = ${campaign}) - interval '${LOOK_BACK_DAYS} days' AND a.occurred_at <= ${UNTIL}`,
  orderBy: "a.occurred_at, a.source_id, a.event_id",
};

/** Between the decision and what was done in the source; where nothing was done yet, up to the checkpoint. */
export const lookBack: PackTable = {
  name: "look-back",
  holds: "one privilege that an identity used after its access was decided to go and before it was taken back",
  columns: [plain("remediation_id", "r.id"), plain("item_id", "r.item_id"), instant("decided_at", "d.decided_at"), ...EVENT],
  from: (campaign) => `${FROM_EVENTS}
    JOIN remediations r ON r.campaign_id = ${campaign} AND r.identity_id = a.identity_id
    JOIN decisions d ON d.id = r.decision_id JOIN pack_decisions k ON k.id = d.id
    WHERE a.kind = 'privilege_used' AND a.occurred_at > d.decided_at AND a.occurred_at <= coalesce(r.applied_at, ${UNTIL})`,
  orderBy: "r.id, a.occurred_at, a.source_id, a.event_id",
};
