import "server-only";
import { BOTH_SIDES_STAY } from "#lib/campaigns/conflict-sides.sql.ts";
import { silenceSql } from "#lib/campaigns/silence.ts";
import { flag, instant, json, list, moment, type PackTable, plain, text, words } from "./tables.sql.ts";
import { sameCommand, sameTransaction } from "./view.sql.ts";

const AGAINST_SUGGESTION = `coalesce(d.suggestion ->> 'answer' NOT IN ('none', d.answer) AND d.answer NOT IN ('abstain', 'exception_requested', 'withdrawn'), false)`;
const isCovered = (row: string, at: string) => `EXISTS (SELECT FROM pack_events e WHERE ${sameCommand("e", row, at)} AND e.is_campaign)`;

/** Decided by nobody. `i` is the item. */
export const SILENCE = "(i.outcome IS NOT NULL AND (i.outcome = 'UNANSWERED' OR i.decision_id IS NULL))";

const SILENCE_RULE = silenceSql({
  riskClass: "i.risk_class",
  identityClass: "i.identity_class",
  isGrant: "true",
  wasEscalated: "true",
  isUnused: "true",
}).rule;

/** Frozen names and facts stand in the item itself, so this one needs no join: it streams in the order of its key. */
export const items: PackTable = {
  name: "items",
  holds: "one access under review: who holds what, as it was frozen, and how it was decided",
  columns: [
    plain("id", "i.id"),
    text("source", "i.source_name"),
    text("identity", "i.identity_name"),
    text("identity_id", "i.identity_external_id"),
    plain("identity_class", "i.identity_class"),
    plain("identity_status", "i.identity_status"),
    plain("person_id", "i.person_id"),
    text("person", "i.person_name"),
    text("person_title", "i.person_title"),
    text("department", "i.department"),
    text("owner", "i.owner_name"),
    text("entitlement", "i.entitlement_name"),
    text("entitlement_id", "i.entitlement_external_id"),
    text("meaning", "i.meaning"),
    text("resource", "i.resource_name"),
    text("resource_class", "i.resource_class"),
    plain("environment", "i.environment"),
    plain("sensitivity", "i.sensitivity"),
    plain("privileged", "i.privileged"),
    plain("reach_count", "i.reach_count"),
    list("also_held_by", "i.also_held_by"),
    moment("granted", "i.started_kind", "i.started_at"),
    moment("expires", "i.expires_kind", "i.expires_at"),
    moment("last_used", "i.last_used_kind", "i.last_used_at"),
    text("granted_by", "i.granted_by"),
    text("factors", "i.factors"),
    plain("risk_class", "i.risk_class"),
    words("risk_reasons", "i.risk_reasons"),
    plain("change", "i.change"),
    plain("last_outcome", "lower(i.last_outcome)"),
    plain("reviewer_rule", "i.reviewer_rule"),
    json("passed_over", "i.passed_over"),
    plain("first_reviewer_id", "i.first_reviewer_id"),
    plain("reviewer_id", "i.reviewer_id"),
    instant("due_at", "i.due_at"),
    plain("state", "i.state::text"),
    // Of a machine's, the answer says which.
    plain("outcome", "CASE WHEN i.outcome = 'MACHINE_ACTION' THEN i.answer ELSE lower(i.outcome) END"),
    flag("by_silence", SILENCE),
    plain("decision_id", "CASE WHEN i.outcome = 'UNANSWERED' THEN NULL ELSE i.decision_id END"),
    plain("void_reason", "i.void_reason"),
    plain("void_run_id", "i.void_run_id"),
    plain("opened_run_id", "i.opened_run_id"),
    plain("observed_run_id", "i.observed_run_id"),
    plain("grant_key", "i.grant_id"),
    plain("identity_key", "i.identity_id"),
    plain("entitlement_key", "i.entitlement_id"),
    plain("entitlement_digest", "i.entitlement_digest"),
    plain("follows_campaign_id", "i.follows_campaign_id"),
    plain("follows_item_id", "i.follows_item_id"),
    plain("round", "i.round"),
    plain("escalations", "i.escalations"),
    plain("silence_rule", `CASE WHEN ${SILENCE} THEN ${SILENCE_RULE} END`),
    plain("kind", "i.kind"),
    plain("subject_key", "i.subject_id"),
    json("terms", "i.terms"),
    plain("person_status", "i.person_status"),
    plain("peers_holding", "i.peers_holding"),
    plain("peers_total", "i.peers_total"),
    list("conflicts", "i.conflicts"),
    flag("conflict_settled", `CASE WHEN cardinality(i.conflict_keys) > 0 THEN NOT (${BOTH_SIDES_STAY}) END`),
    plain("last_campaign_id", "i.last_campaign_id"),
    plain("last_decision_id", "i.last_decision_id"),
    plain("carried_cycles", "i.carried_cycles"),
  ],
  from: (campaign) => `FROM items i WHERE i.campaign_id = ${campaign}`,
  orderBy: "i.id",
};

export const decisions: PackTable = {
  name: "decisions",
  holds: "one answer of a reviewer, changed and withdrawn ones included, with the event of the log that recorded it",
  columns: [
    plain("id", "d.id"),
    plain("item_id", "d.item_id"),
    plain("item_version", "d.item_version"),
    flag("counts", "coalesce(i.decision_id = d.id AND i.outcome <> 'UNANSWERED', false)"),
    plain("answer", "d.answer"),
    text("rationale", "d.rationale"),
    instant("decided_at", "d.decided_at"),
    flag("is_late", "d.is_late"),
    plain("reviewer_id", "d.reviewer_id"),
    text("reviewer", "p.name"),
    text("reviewer_title", "p.title"),
    text("reviewer_status", "p.status"),
    plain("user_id", "d.user_id"),
    text("user", "u.name"),
    plain("authenticated_by", "d.authenticated_by"),
    plain("sign_in_id", "d.sign_in_id"),
    plain("seconds", "d.seconds"),
    flag("evidence_viewed", "d.evidence_viewed"),
    plain("batch_size", "d.batch_size"),
    plain("event_id", "k.event_id::text"),
    instant("recorded_at", "k.recorded_at"),
    plain("round", "d.round"),
    plain("on_behalf_of_id", "d.on_behalf_of"),
    text("on_behalf_of", "b.name"),
    json("terms", "d.terms"),
    plain("suggestion", "d.suggestion ->> 'answer'"),
    words("suggestion_reasons", "ARRAY(SELECT jsonb_array_elements_text(d.suggestion -> 'reasons'))"),
    plain("suggestion_version", "(d.suggestion ->> 'version')::int"),
    flag("against_suggestion", AGAINST_SUGGESTION),
    flag("carried", "d.carried"),
  ],
  from: (
    campaign,
  ) => `FROM decisions d JOIN pack_decisions k ON k.id = d.id JOIN items i ON i.campaign_id = ${campaign} AND i.id = d.item_id
    LEFT JOIN pack_people p ON p.id = d.reviewer_id LEFT JOIN pack_people b ON b.id = d.on_behalf_of LEFT JOIN pack_users u ON u.id = d.user_id WHERE d.campaign_id = ${campaign}`,
  orderBy: "d.item_id, d.item_version",
};

export const reassignments: PackTable = {
  name: "reassignments",
  holds: "one change of an item's reviewer after the freeze",
  columns: [
    plain("id", "a.id"),
    plain("item_id", "a.item_id"),
    plain("from_id", "a.from_id"),
    text("from", "f.name"),
    plain("to_id", "a.to_id"),
    text("to", "t.name"),
    text("cause", "a.cause"),
    text("reason", "a.reason"),
    plain("hop", "a.hop"),
    plain("actor_id", "a.actor_id"),
    text("actor", "CASE WHEN a.actor_id IS NULL THEN 'Countersign' ELSE u.name END"),
    instant("at", "a.at"),
  ],
  from: (campaign) => `FROM assignments a LEFT JOIN pack_people f ON f.id = a.from_id LEFT JOIN pack_people t ON t.id = a.to_id
    LEFT JOIN pack_users u ON u.id = a.actor_id WHERE a.campaign_id = ${campaign}
    AND EXISTS (SELECT FROM items i WHERE i.campaign_id = a.campaign_id AND i.id = a.item_id)
    AND EXISTS (SELECT FROM pack_events e WHERE ${sameTransaction("e", "a", "a.at")} AND e.is_campaign)`,
  orderBy: "a.item_id, a.id",
};

export const submissions: PackTable = {
  name: "submissions",
  holds: "one handing in of answers: what was attested, by whom, and how that was confirmed",
  columns: [
    plain("id", "s.id"),
    plain("reviewer_id", "s.reviewer_id"),
    text("reviewer", "p.name"),
    plain("user_id", "s.user_id"),
    text("user", "u.name"),
    plain("items", "s.item_count::text"),
    plain("digest", "s.digest"),
    plain("instructions_version", "s.instructions_version"),
    text("attestation", "s.attestation"),
    plain("confirmed_by", "s.step_up_method"),
    instant("submitted_at", "s.submitted_at"),
  ],
  from: (campaign) => `FROM submissions s LEFT JOIN pack_people p ON p.id = s.reviewer_id LEFT JOIN pack_users u ON u.id = s.user_id
    WHERE s.campaign_id = ${campaign} AND EXISTS (SELECT FROM pack_events e WHERE ${sameCommand("e", "s", "s.submitted_at")} AND e.is_campaign)`,
  orderBy: "s.submitted_at, s.id",
};

/** Decision quality beside who the reviewer is: an auditor asks for both at once. */
export const reviewers: PackTable = {
  name: "reviewers",
  holds: "one reviewer, as they stood at their last decision in the campaign, and how they decided",
  columns: [
    plain("person_id", "p.id"),
    text("external_id", "p.external_id"),
    text("name", "p.name"),
    text("title", "p.title"),
    text("department", "p.department"),
    text("employment", "p.employment"),
    text("status", "p.status"),
    plain("manager_id", "m.id"),
    text("manager", "m.name"),
    list("users", "u.names"),
    plain("items", "coalesce(i.items, 0)"),
    plain("by_silence", "coalesce(i.silent, 0)"),
    plain("keep", "coalesce(d.kept, 0)"),
    plain("revoke", "coalesce(d.revoked, 0)"),
    plain("abstain", "coalesce(d.abstained, 0)"),
    plain("exception_requested", "coalesce(d.excepted, 0)"),
    plain("privileged_kept", "coalesce(d.privileged_kept, 0)"),
    plain("late", "coalesce(d.late, 0)"),
    plain("in_bulk", "coalesce(d.bulk, 0)"),
    plain("evidence_viewed", "coalesce(d.viewed, 0)"),
    plain("median_seconds", "d.median_seconds"),
    plain("with_terms", "coalesce(d.termed, 0)"),
    plain("suggested", "coalesce(d.suggested, 0)"),
    plain("against_suggestion", "coalesce(d.against, 0)"),
    plain("looked_at_again", "coalesce(l.looks, 0)"),
    plain("second_look_disagrees", "coalesce(l.disagrees, 0)"),
  ],
  from: (campaign) => `FROM pack_people p
    LEFT JOIN pack_managers m ON m.source_id = p.source_id AND m.external_id = p.manager
    LEFT JOIN (SELECT reviewer_id, count(*) AS items, count(*) FILTER (WHERE ${SILENCE}) AS silent FROM items i WHERE campaign_id = ${campaign} GROUP BY 1) i
      ON i.reviewer_id = p.id
    LEFT JOIN (SELECT d.reviewer_id, count(*) FILTER (WHERE d.answer = 'keep') AS kept, count(*) FILTER (WHERE d.answer = 'revoke') AS revoked,
        count(*) FILTER (WHERE d.answer = 'abstain') AS abstained, count(*) FILTER (WHERE d.answer = 'exception_requested') AS excepted, count(*) FILTER (WHERE d.answer = 'keep' AND i.privileged = 'yes') AS privileged_kept,
        count(*) FILTER (WHERE d.terms IS NOT NULL) AS termed, count(*) FILTER (WHERE d.is_late) AS late, count(*) FILTER (WHERE d.batch_size > 1) AS bulk, count(*) FILTER (WHERE d.evidence_viewed) AS viewed,
        percentile_disc(0.5) WITHIN GROUP (ORDER BY d.seconds) AS median_seconds,
        count(*) FILTER (WHERE d.suggestion ->> 'answer' <> 'none') AS suggested, count(*) FILTER (WHERE ${AGAINST_SUGGESTION}) AS against
      FROM decisions d JOIN pack_decisions k ON k.id = d.id JOIN items i ON i.campaign_id = ${campaign} AND i.id = d.item_id AND i.decision_id = d.id
      WHERE d.campaign_id = ${campaign} AND i.outcome <> 'UNANSWERED' GROUP BY d.reviewer_id) d ON d.reviewer_id = p.id
    LEFT JOIN (SELECT d.reviewer_id, array_agg(DISTINCT u.name) FILTER (WHERE u.name IS NOT NULL) AS names
      FROM decisions d JOIN pack_decisions k ON k.id = d.id JOIN pack_users u ON u.id = d.user_id WHERE d.campaign_id = ${campaign} GROUP BY d.reviewer_id) u
      ON u.reviewer_id = p.id
    LEFT JOIN (SELECT s.first_reviewer_id, count(*) AS looks, count(*) FILTER (WHERE NOT a.agrees) AS disagrees
      FROM second_looks s LEFT JOIN second_look_answers a ON a.look_id = s.id AND ${isCovered("a", "a.answered_at")}
      WHERE s.campaign_id = ${campaign} AND ${isCovered("s", "s.drawn_at")} GROUP BY 1) l ON l.first_reviewer_id = p.id
    WHERE coalesce(i.items, 0) > 0 OR d.reviewer_id IS NOT NULL`,
  orderBy: `p.name COLLATE "C", p.id`,
};

export const secondLooks: PackTable = {
  name: "second-looks",
  holds: "one decision that another reviewer looked at again, drawn where its reviewer had been in a rush",
  columns: [
    plain("id", "s.id"),
    plain("item_id", "s.item_id"),
    plain("decision_id", "s.decision_id"),
    plain("first_reviewer_id", "s.first_reviewer_id"),
    text("first_reviewer", "f.name"),
    plain("reviewer_id", "s.reviewer_id"),
    text("reviewer", "p.name"),
    words("reasons", "s.reasons"),
    plain("rule_version", "s.rule_version"),
    plain("seed", "s.seed"),
    text("drawn_by", "u.name"),
    instant("drawn_at", "s.drawn_at"),
    plain("answer", "a.answer"),
    flag("agrees", "a.agrees"),
    text("rationale", "a.rationale"),
    plain("seconds", "a.seconds"),
    instant("answered_at", "a.answered_at"),
  ],
  from: (campaign) => `FROM second_looks s LEFT JOIN second_look_answers a ON a.look_id = s.id AND ${isCovered("a", "a.answered_at")}
    LEFT JOIN pack_people f ON f.id = s.first_reviewer_id LEFT JOIN pack_people p ON p.id = s.reviewer_id LEFT JOIN pack_users u ON u.id = s.drawn_by
    WHERE s.campaign_id = ${campaign} AND ${isCovered("s", "s.drawn_at")}`,
  orderBy: "s.drawn_at, s.id",
};

export const changes: PackTable = {
  name: "changes",
  holds:
    "one entitlement under review whose contents changed since it was last signed off, with what it gained and lost (at most 20 lines each)",
  columns: [
    plain("entitlement_key", "x.entitlement_id"),
    plain("was_digest", "x.was_digest"),
    text("was_meaning", "x.was_meaning"),
    list("added", "x.added"),
    list("removed", "x.removed"),
  ],
  from: (campaign) => `FROM population_changes x WHERE x.campaign_id = ${campaign}`,
  orderBy: "x.entitlement_id",
};

export const reaches: PackTable = {
  name: "reaches",
  holds: "one entitlement that comes with another under review (at most 20 each, privileged ones first), with its path",
  columns: [
    plain("entitlement_key", "x.entitlement_id"),
    plain("place", "reach.place"),
    text("name", "reach.told ->> 'name'"),
    text("meaning", "reach.told ->> 'meaning'"),
    text("resource", "reach.told ->> 'resource'"),
    plain("privileged", "reach.told ->> 'privileged'"),
    list("path", "ARRAY(SELECT jsonb_array_elements_text(reach.told -> 'path'))"),
  ],
  from: (campaign) => `FROM population_reaches x CROSS JOIN LATERAL jsonb_array_elements(x.reaches) WITH ORDINALITY AS reach (told, place)
    WHERE x.campaign_id = ${campaign}`,
  orderBy: "x.entitlement_id, reach.place",
};
