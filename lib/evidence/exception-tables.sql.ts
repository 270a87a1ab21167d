import "server-only";
import { instant, json, list, type PackTable, plain, text, words } from "./tables.sql.ts";
import { sameTransaction } from "./view.sql.ts";

const STATES = `ARRAY['SUBMITTED', 'IN_APPROVAL', 'CHANGES_REQUESTED', 'APPROVED', 'ACTIVE', 'REJECTED', 'WITHDRAWN', 'EXPIRED', 'SUSPENDED', 'REVOKED', 'RESOLVED',
  'SUPERSEDED', 'VOID']`;
const LAPSES = "('EXPIRED', 'REVOKED', 'SUSPENDED')";

const isCovered = (row: string, exceptionId: string, at: string) =>
  `EXISTS (SELECT FROM pack_events e WHERE ${sameTransaction("e", row, at)} AND e.subject_kind = 'exception' AND e.subject_id = ${exceptionId}::text)`;

/** What the covered lines of its history lead to: the columns of the exception itself are those of today and are not read. */
const HISTORY = `
  SELECT v.exception_id, (array_agg(v.kind ORDER BY v.version DESC) FILTER (WHERE v.kind = ANY (${STATES})))[1] AS state,
    (array_agg(v.terms ORDER BY v.version DESC, v.at DESC))[1] AS terms, min(v.at) FILTER (WHERE v.kind = 'ACTIVE') AS active_at,
    max(v.at) FILTER (WHERE v.kind = 'CONTROL_TESTED') AS tested_at, max(v.at) FILTER (WHERE v.kind IN ${LAPSES}) AS lapsed_at,
    (array_agg(v.kind ORDER BY v.version DESC) FILTER (WHERE v.kind IN ${LAPSES}))[1] AS lapse,
    coalesce(sum((v.detail ->> 'items')::int) FILTER (WHERE v.kind = 'REOPENED'), 0) AS reopened,
    (array_agg(v.detail ->> 'followUpCampaignId' ORDER BY v.at DESC) FILTER (WHERE v.kind = 'REOPENED'))[1] AS follow_up_id
  FROM exception_events v WHERE v.exception_id IN (SELECT id FROM pack_exceptions) AND ${isCovered("v", "v.exception_id", "v.at")} GROUP BY v.exception_id`;

const term = (name: string) => `v.terms ->> '${name}'`;
const termAt = (name: string) => `(${term(name)})::timestamptz`;

export const exceptions: PackTable = {
  name: "exceptions",
  holds: "one exception for an access under review, or a request for one, as it stood at the checkpoint",
  columns: [
    plain("id", "x.id"),
    words("item_ids", "ARRAY(SELECT p.item_id FROM pack_exceptions p WHERE p.id = x.id ORDER BY p.item_id)"),
    plain("asked_from_campaign_id", "x.campaign_id"),
    plain("asked_from_item_id", "x.item_id"),
    plain("identity_key", "x.identity_id"),
    plain("entitlement_key", "x.entitlement_id"),
    text("label", "x.label"),
    plain("risk_class", "x.risk_class"),
    plain("state", "v.state"),
    plain("requester_id", "x.requester_id"),
    text("requester", "u.name"),
    instant("asked_at", "x.created_at"),
    list(
      "approved_by",
      `ARRAY(SELECT coalesce(n.name, 'name no longer kept') || ' as ' || a.step FROM exception_approvals a LEFT JOIN pack_users n ON n.id = a.user_id
       WHERE a.exception_id = x.id AND ${isCovered("a", "a.exception_id", "a.at")} ORDER BY a.at, a.id)`,
    ),
    text("rationale", term("rationale")),
    text("control", term("control")),
    text("control_owner", term("controlOwner")),
    text("control_test", term("controlTest")),
    instant("control_due_at", termAt("controlDueAt")),
    plain("control_result", term("controlResult")),
    instant("control_tested_at", "v.tested_at"),
    instant("starts_at", `coalesce(v.active_at, ${termAt("startsAt")})`),
    instant("expires_at", termAt("expiresAt")),
    plain("renewals", term("renewals")),
    plain("lapse", "lower(v.lapse)"),
    instant("lapsed_at", "v.lapsed_at"),
    plain("reopened_items", "v.reopened::text"),
    plain("follow_up_campaign_id", "v.follow_up_id"),
  ],
  from: () => `FROM exceptions x JOIN (${HISTORY}) v ON v.exception_id = x.id LEFT JOIN pack_users u ON u.id = x.requester_user_id
    WHERE ${isCovered("x", "x.id", "x.created_at")}`,
  orderBy: "x.created_at, x.id",
};

export const exceptionEvents: PackTable = {
  name: "exception-events",
  holds: "one step of an exception: requests, approvals, tests of its control, renewals, lapses, with its terms after it",
  columns: [
    plain("id", "v.id"),
    plain("exception_id", "v.exception_id"),
    plain("version", "v.version"),
    plain("kind", "v.kind"),
    instant("at", "v.at"),
    plain("actor_id", "v.actor_id"),
    text("actor", "CASE WHEN v.actor_id IS NULL THEN 'Countersign' ELSE u.name END"),
    json("detail", "v.detail"),
    json("terms", "v.terms"),
  ],
  from: () => `FROM exception_events v LEFT JOIN pack_users u ON u.id = v.actor_id
    WHERE v.exception_id IN (SELECT id FROM pack_exceptions) AND ${isCovered("v", "v.exception_id", "v.at")}`,
  orderBy: "v.exception_id, v.version, v.at, v.id",
};
