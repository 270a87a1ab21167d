import "server-only";
import { BULK_KEY } from "./decision.sql.ts";
import type { ReviewItemRow } from "./review-types.ts";
import { CHAIN_WAY } from "./subject.sql.ts";

export const instantSql = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
const moment = (name: string) => `CASE WHEN i.${name}_kind = 'value' THEN ${instantSql(`i.${name}_at`)} ELSE i.${name}_kind END`;

/** types.ts, ItemException, over exceptions x. */
export const ITEM_EXCEPTION = `json_build_object('id', x.id, 'state', x.state, 'activeAt', ${instantSql("x.active_at")}, 'expiresAt', ${instantSql("x.expires_at")})`;
/** The exception for the access of items i that has not ended: at most one. */
export const EXCEPTION_JOIN =
  "LEFT JOIN exceptions x ON x.identity_id = i.identity_id AND x.entitlement_id = i.entitlement_id AND x.ended_at IS NULL";

/**
 * A row of the reviewer's table: each column as SQL over items i, campaigns c, decisions d, sync_runs r, population_reaches p, population_changes
 * pc, exceptions x, and of the decision before this one campaign lc, decision ld and reviewer lp.
 */
const EXPRESSIONS = {
  id: "i.id",
  kind: "i.kind",
  version: "i.version",
  state: "i.state",
  answer: "i.answer",
  terms: "i.terms",
  rationale: "d.rationale",
  dueAt: instantSql("coalesce(i.due_at, c.due_at)"),
  orderKey: "i.order_key",
  sourceName: "i.source_name",
  groupId: "coalesce(i.person_id, i.identity_id)",
  personName: "i.person_name",
  personTitle: "i.person_title",
  department: "i.department",
  identityName: "i.identity_name",
  identityClass: "i.identity_class",
  way: CHAIN_WAY,
  identityStatus: "i.identity_status",
  ownerName: "i.owner_name",
  entitlementName: "i.entitlement_name",
  meaning: "i.meaning",
  resourceName: "i.resource_name",
  resourceClass: "i.resource_class",
  environment: "i.environment",
  sensitivity: "i.sensitivity",
  privileged: "i.privileged",
  reachCount: "i.reach_count",
  reachNames: "coalesce(jsonb_path_query_array(p.reaches, '$[0 to 2].name'), '[]')",
  alsoHeldBy: "i.also_held_by",
  started: moment("started"),
  expires: moment("expires"),
  lastUsed: moment("last_used"),
  grantedBy: "i.granted_by",
  openedRunId: "i.opened_run_id",
  openedAt: instantSql("coalesce(r.observed_at, r.started_at)"),
  factors: "i.factors",
  riskClass: "i.risk_class",
  riskReasons: "i.risk_reasons",
  change: "i.change",
  lastOutcome: "i.last_outcome",
  lastDecision: `CASE WHEN i.last_campaign_id IS NOT NULL THEN json_build_object('campaign', lc.name, 'by', lp.name, 'at', ${instantSql("coalesce(ld.decided_at, lc.signed_off_at)")}) END`,
  contentsChange: `CASE WHEN pc.campaign_id IS NOT NULL THEN json_build_object('wasMeaning', pc.was_meaning, 'added', pc.added[1:3], 'removed', pc.removed[1:3],
    'lines', cardinality(pc.added) + cardinality(pc.removed)) END`,
  peersHolding: "i.peers_holding",
  peersTotal: "i.peers_total",
  conflicts: "i.conflicts",
  personStatus: "i.person_status",
  bulkKey: BULK_KEY,
  // No join: hardly any item is somebody else's.
  onBehalfOf: "CASE WHEN i.on_behalf_of IS NOT NULL THEN (SELECT name FROM people WHERE id = i.on_behalf_of) END",
  carriedCycles: "i.carried_cycles",
  voidReason: "i.void_reason",
  exception: `CASE WHEN x.id IS NOT NULL THEN ${ITEM_EXCEPTION} END`,
} as const satisfies Record<keyof ReviewItemRow, string>;

export const ITEM_COLUMNS = Object.keys(EXPRESSIONS) as (keyof ReviewItemRow)[];

/** One row as a JSON array in the order of ITEM_COLUMNS: written by the database, sent on as it is. */
export const ITEM_ARRAY = `json_build_array(${Object.values(EXPRESSIONS).join(", ")})`;

export const ITEM_JOINS = `JOIN campaigns c ON c.id = i.campaign_id
  LEFT JOIN decisions d ON d.id = i.decision_id
  LEFT JOIN sync_runs r ON r.id = i.opened_run_id
  LEFT JOIN population_reaches p ON p.campaign_id = i.campaign_id AND p.entitlement_id = i.entitlement_id
  LEFT JOIN population_changes pc ON pc.campaign_id = i.campaign_id AND pc.entitlement_id = i.entitlement_id AND i.change = 'changed'
  LEFT JOIN campaigns lc ON lc.id = i.last_campaign_id
  LEFT JOIN decisions ld ON ld.id = i.last_decision_id
  LEFT JOIN people lp ON lp.id = ld.reviewer_id
  ${EXCEPTION_JOIN}`;
