import "server-only";
import { flag, instant, json, type PackTable, plain, text } from "./tables.sql.ts";

/* What the signed manifest and the runs say of where the population came from, and what happened there afterwards. */

/** A line per source and stream, from the manifest as it was signed: read = kept + excluded + rejected on each. */
export const population: PackTable = {
  name: "population",
  holds: "one stream of the run that a source's part of the population stands on: declared, read, kept, excluded, rejected",
  columns: [
    text("source", "s.name"),
    plain("source_id", "s.id"),
    plain("run_id", "s.account #>> '{run,id}'"),
    plain("stream", "t.told ->> 'stream'"),
    plain("declared", "coalesce(t.told ->> 'declared', 'not declared')"),
    plain("read", "t.told ->> 'read'"),
    plain("kept", "t.told ->> 'kept'"),
    plain("excluded", "t.told ->> 'excluded'"),
    plain("rejected", "t.told ->> 'rejected'"),
    plain("pages", "t.told ->> 'pages'"),
    json("excluded_by", "t.told -> 'excluded_by'"),
    plain("completeness", "t.told ->> 'completeness'"),
    text("reason", "t.told ->> 'reason'"),
    plain("raw_digest", "t.told ->> 'raw_digest'"),
    plain("digest", "t.told ->> 'digest'"),
  ],
  from: () =>
    "FROM pack_sources s CROSS JOIN LATERAL jsonb_array_elements(s.account #> '{run,streams}') WITH ORDINALITY AS t (told, place)",
  orderBy: "s.place, t.place",
};

export const sources: PackTable = {
  name: "sources",
  holds: "one source in scope, how it was read for the population, and how that compares with the run before; sources left out follow",
  columns: [
    plain("id", "x.id"),
    text("name", "x.name"),
    flag("in_scope", "x.in_scope"),
    text("left_out_because", "x.why"),
    text("connector", "x.account ->> 'connector'"),
    text("product", "x.account #>> '{run,product}'"),
    text("account", "x.account #>> '{run,account}'"),
    text("endpoint", "x.account #>> '{run,endpoint}'"),
    plain("run_id", "x.account #>> '{run,id}'"),
    plain("trigger", "x.account #>> '{run,trigger}'"),
    plain("started_at", "x.account #>> '{run,started_at}'"),
    plain("observed_at", "x.account #>> '{run,observed_at}'"),
    plain("finished_at", "x.account #>> '{run,finished_at}'"),
    plain("is_complete", "x.account #>> '{run,is_complete}'"),
    plain("is_full_read", "x.account #>> '{run,is_full_read}'"),
    plain("config_digest", "x.account #>> '{run,config_digest}'"),
    plain("digest", "x.account #>> '{run,digest}'"),
    json("scopes", "x.account #> '{run,scopes}'"),
    plain("overridden_by", "x.account #>> '{run,overridden_by}'"),
    plain("override_confirmed_by", "x.account #>> '{run,override_confirmed_by}'"),
    text("override_reason", "x.account #>> '{run,override_reason}'"),
    plain("prior_run_id", "x.account #>> '{prior_run,id}'"),
    json("changes_since_prior_run", "x.account -> 'changes_since_prior_run'"),
    plain("items", "x.account ->> 'items'"),
    plain("mapping_version", "x.account #>> '{mapping,version}'"),
    plain("mapping_digest", "x.account #>> '{mapping,digest}'"),
    plain("left_out_by", "x.left_out_by"),
    json("parameters", "x.account -> 'parameters'"),
  ],
  from: (campaign) => `FROM (
    SELECT s.id::text AS id, s.name, true AS in_scope, NULL AS why, s.account, s.place, NULL AS left_out_by FROM pack_sources s
    UNION ALL SELECT o.told ->> 'id', o.told ->> 'name', false, o.told ->> 'reason', '{}', 1000000 + o.place, p.manifest::jsonb #>> '{campaign,scope_set_by}'
    FROM populations p, jsonb_array_elements(p.manifest::jsonb -> 'sources_left_out') WITH ORDINALITY AS o (told, place) WHERE p.campaign_id = ${campaign}) x`,
  orderBy: "x.place",
};

export const exclusions: PackTable = {
  name: "exclusions",
  holds: "why live grants of the sources are no items, and how many",
  columns: [plain("cause", "x.told ->> 'cause'"), plain("grants", "x.told ->> 'grants'"), plain("set_by", "x.told ->> 'set_by'")],
  from: (campaign) =>
    `FROM populations p, jsonb_array_elements(p.manifest::jsonb -> 'excluded') WITH ORDINALITY AS x (told, place) WHERE p.campaign_id = ${campaign}`,
  orderBy: "x.place",
};

/** What a run is known for depends on how far the log has it: a run that was still going shows how it began and nothing more. */
export const runs: PackTable = {
  name: "runs",
  holds: "one sync of a source in scope, from the one that the population stands on up to the checkpoint",
  columns: [
    plain("id", "r.id"),
    plain("source_id", "r.source_id"),
    text("source", "s.name"),
    plain("state", "k.state"),
    flag("is_population", "r.id::text = s.account #>> '{run,id}'"),
    plain("trigger", "r.trigger"),
    instant("started_at", "r.started_at"),
    instant("ended_at", "k.ended_at"),
    instant("observed_at", "CASE WHEN k.applied_leaf IS NOT NULL THEN r.observed_at END"),
    text("product", "CASE WHEN k.applied_leaf IS NOT NULL THEN r.product END"),
    text("account", "CASE WHEN k.applied_leaf IS NOT NULL THEN r.account END"),
    text("endpoint", "CASE WHEN k.applied_leaf IS NOT NULL THEN r.endpoint END"),
    flag("is_complete", "CASE WHEN k.applied_leaf IS NOT NULL THEN r.is_complete END"),
    flag("is_full_read", "CASE WHEN k.applied_leaf IS NOT NULL THEN r.is_full_read END"),
    json("changes", "CASE WHEN k.applied_leaf IS NOT NULL THEN r.changes END"),
    plain("config_digest", "CASE WHEN k.applied_leaf IS NOT NULL THEN r.config_digest END"),
    plain("digest", "CASE WHEN k.applied_leaf IS NOT NULL THEN r.digest END"),
    text(
      "why",
      "coalesce(k.data ->> 'cause', CASE WHEN k.data ? 'reasons' THEN array_to_string(ARRAY(SELECT jsonb_array_elements_text(k.data -> 'reasons')), ' ') END)",
    ),
    flag("overridden", "k.applied_leaf IS NOT NULL AND r.confirmed_by IS NOT NULL"),
    text("override_reason", "CASE WHEN k.applied_leaf IS NOT NULL THEN r.override_reason END"),
  ],
  from: () => "FROM sync_runs r JOIN pack_runs k ON k.id = r.id JOIN pack_sources s ON s.id = r.source_id",
  orderBy: "r.started_at, r.id",
};

export const files: PackTable = {
  name: "files",
  holds: "one file uploaded to a source in scope, with its digest and who vouches for where it came from",
  columns: [
    plain("id", "f.id"),
    plain("source_id", "f.source_id"),
    text("source", "s.name"),
    text("name", "f.name"),
    plain("bytes", "f.size::text"),
    plain("sha256", "f.sha256"),
    plain("attested", "CASE WHEN f.provenance -> 'attestation' IS NULL THEN 'unattested' ELSE 'attested' END"),
    json("provenance", "f.provenance"),
    text("uploaded_by", "CASE WHEN f.uploaded_by IS NULL THEN 'the local operator' ELSE u.name END"),
    instant("uploaded_at", "f.uploaded_at"),
  ],
  from: () => `FROM source_files f JOIN pack_sources s ON s.id = f.source_id LEFT JOIN pack_users u ON u.id = f.uploaded_by
    WHERE EXISTS (SELECT FROM pack_events e WHERE e.type = 'source.file_uploaded' AND e.data ->> 'fileId' = f.id::text)`,
  orderBy: "f.uploaded_at, f.id",
};

/** By the names that the sources use, which never change: what an identity is called may. */
export const grantedAfterFreeze: PackTable = {
  name: "granted-after-freeze",
  holds: "one access in the sources that was first seen after the freeze: not in the population",
  columns: [
    text("source", "s.name"),
    text("identity_id", "i.external_id"),
    text("entitlement_id", "e.external_id"),
    plain("grant_key", "g.id"),
    plain("opened_run_id", "g.opened_run_id"),
    flag(
      "same_access_frozen",
      "EXISTS (SELECT FROM pack_held f WHERE f.identity_id = g.holder_id AND f.entitlement_id = g.entitlement_id)",
    ),
    plain("reviewed_in_campaign_id", "(SELECT v.campaign_id FROM pack_since v WHERE v.grant_id = g.id LIMIT 1)"),
  ],
  from: () => `FROM pack_runs k JOIN sync_runs r ON r.id = k.id JOIN pack_sources s ON s.id = r.source_id
    JOIN grants g ON g.source_id = r.source_id AND g.opened_run_id = k.id AND g.holder_kind = 'identity'
    JOIN identities i ON i.id = g.holder_id JOIN entitlements e ON e.id = g.entitlement_id
    WHERE k.applied_leaf IS NOT NULL AND r.started_at > (s.account #>> '{run,started_at}')::timestamptz`,
  orderBy: "s.place, g.id",
};

/** From the log alone: the working row of a request moves on. */
export const requests: PackTable = {
  name: "second-person",
  holds: "one thing about the campaign or its sources that took two people: who asked, why, and who confirmed or withdrew",
  columns: [
    plain("id", "a.data ->> 'requestId'"),
    text("action", "a.data ->> 'action'"),
    plain("subject_kind", "a.subject_kind"),
    plain("subject_id", "a.subject_id"),
    text("asked_by", "au.name"),
    plain("asked_by_id", "a.actor_id"),
    instant("asked_at", "a.recorded_at"),
    text("reason", "(SELECT v.value::jsonb #>> '{}' FROM audit_values v WHERE v.event_id = a.event_id AND v.name = '/reason')"),
    plain("state", "coalesce(split_part(c.type, '.', 2), 'waiting')"),
    text("settled_by", "cu.name"),
    plain("settled_by_id", "c.actor_id"),
    instant("settled_at", "c.recorded_at"),
  ],
  from: () => `FROM pack_events a LEFT JOIN pack_users au ON au.id::text = a.actor_id
    LEFT JOIN pack_events c ON c.type IN ('second_person.confirmed', 'second_person.withdrawn') AND c.data ->> 'requestId' = a.data ->> 'requestId'
    LEFT JOIN pack_users cu ON cu.id::text = c.actor_id WHERE a.type = 'second_person.asked'`,
  orderBy: "a.leaf_index",
};

/** From the signed manifest: identities of a source against the people whom another source counts; the parts explain the difference. */
export const tieOuts: PackTable = {
  name: "tie-out",
  holds: "a source's identities of people against the people whom another source counts, with what explains the difference",
  columns: [
    text("source", "x.told ->> 'source_name'"),
    plain("source_id", "x.told ->> 'source_id'"),
    text("people_source", "x.told ->> 'people_source_name'"),
    plain("people_source_id", "x.told ->> 'people_source_id'"),
    ...[
      "people_declared",
      "people_in_office",
      "people_with_identity",
      "people_without_identity",
      "identities_of_people",
      "of_people_in_office",
      "of_people_who_left",
      "of_people_of_other_sources",
      "of_nobody_known",
    ].map((name) => plain(name, `x.told ->> '${name}'`)),
  ],
  from: (campaign) =>
    `FROM populations p, jsonb_array_elements(coalesce(p.manifest::jsonb #> '{tie_out,sources}', '[]')) WITH ORDINALITY AS x (told, place) WHERE p.campaign_id = ${campaign}`,
  orderBy: "x.place",
};

export const comparison: PackTable = {
  name: "comparison",
  holds:
    "one source of the population against the campaign before: access added, no longer there, changed in meaning, with another reviewer",
  columns: [
    plain("source_id", "x.told ->> 'source_id'"),
    text("source", "s.name"),
    ...["added", "removed", "changed", "same", "other_reviewer"].map((name) => plain(name, `x.told ->> '${name}'`)),
    plain("previous_campaign_id", "p.manifest::jsonb #>> '{comparison,campaign_id}'"),
    text("previous_campaign", "p.manifest::jsonb #>> '{comparison,name}'"),
    plain("previous_frozen_at", "p.manifest::jsonb #>> '{comparison,frozen_at}'"),
    plain("previous_manifest_digest", "p.manifest::jsonb #>> '{comparison,manifest_digest}'"),
  ],
  from: (
    campaign,
  ) => `FROM populations p CROSS JOIN LATERAL jsonb_array_elements(coalesce(p.manifest::jsonb #> '{comparison,sources}', '[]')) WITH ORDINALITY AS x (told, place)
    LEFT JOIN pack_sources s ON s.id::text = x.told ->> 'source_id' WHERE p.campaign_id = ${campaign}`,
  orderBy: "x.place",
};

/** From the log: each start of the campaign's template that was due up to the checkpoint. */
export const cycles: PackTable = {
  name: "cycles",
  holds: "one planned start of the template that the campaign was made from: the campaign of it, or why it was missed",
  columns: [
    plain("template_id", "y.subject_id"),
    plain("cycle_at", "y.cycle_at"),
    plain("template_version", "y.version"),
    plain("campaign_id", "y.campaign_id"),
    flag("is_this", "coalesce(y.campaign_id = y.own_id, false)"),
    plain("missed_because", "coalesce(y.cause, y.missed)"),
    text("reason", "(SELECT v.value::jsonb #>> '{}' FROM audit_values v WHERE v.event_id = y.explained_event AND v.name = '/reason')"),
    text("explained_by", "u.name"),
    plain("explained_by_id", "y.explained_by"),
  ],
  from: (campaign) => `FROM (
    SELECT subject_id, data ->> 'cycleAt' AS cycle_at, max(data ->> 'version') AS version, max(data ->> 'campaignId') AS campaign_id, (${campaign})::text AS own_id,
      max(data ->> 'cause') FILTER (WHERE type = 'campaign_cycle.missed') AS missed,
      max(data ->> 'cause') FILTER (WHERE type = 'campaign_cycle.explained') AS cause,
      max(event_id) FILTER (WHERE type = 'campaign_cycle.explained') AS explained_event,
      max(actor_id) FILTER (WHERE type = 'campaign_cycle.explained') AS explained_by
    FROM pack_events WHERE type IN ('campaign_cycle.started', 'campaign_cycle.missed', 'campaign_cycle.explained') GROUP BY subject_id, data ->> 'cycleAt') y
    LEFT JOIN pack_users u ON u.id::text = y.explained_by`,
  orderBy: "y.cycle_at",
};
