import "server-only";
import { LATELY_DAYS, SMALLEST_TEAM, UNUSED_DAYS } from "./suggestion.ts";

const days = (column: string) => `(extract(epoch FROM c.staged_at - ${column}) / 86400)::float8`;

/** suggestion.ts, SuggestionFacts, over items i and campaigns c: factsOf as SQL. */
export const SUGGESTION_FACTS = `jsonb_build_object('kind', i.kind, 'identityClass', i.identity_class, 'identityStatus', i.identity_status,
  'personStatus', i.person_status, 'privileged', i.privileged, 'riskClass', i.risk_class, 'change', i.change, 'lastOutcome', i.last_outcome,
  'lastUsedKind', i.last_used_kind, 'unusedDays', ${days("i.last_used_at")}, 'heldDays', ${days("i.started_at")}, 'expires', i.expires_kind = 'value',
  'peersHolding', i.peers_holding, 'peersTotal', i.peers_total, 'conflicts', cardinality(i.conflicts))`;

/** All that the rule tells apart, as text: rows of which this is equal have the same suggestion. */
export const SUGGESTION_KEY = `i.kind || i.identity_class || i.identity_status || coalesce(i.person_status, '') || i.privileged || i.risk_class || i.change
  || coalesce(i.last_outcome, '') || (i.expires_kind = 'value')::text || (i.started_at >= c.staged_at - interval '${LATELY_DAYS} days' IS TRUE)::text
  || CASE WHEN i.last_used_kind <> 'value' THEN i.last_used_kind WHEN i.last_used_at >= c.staged_at - interval '${LATELY_DAYS} days' THEN 'lately'
     WHEN i.last_used_at >= c.staged_at - interval '${UNUSED_DAYS} days' THEN 'rarely' ELSE 'unused' END
  || CASE WHEN coalesce(i.peers_total, 0) < ${SMALLEST_TEAM} THEN 'unknown' WHEN i.peers_holding * 5 <= i.peers_total THEN 'few'
     WHEN i.peers_holding * 2 > i.peers_total THEN 'most' ELSE 'some' END`;
