import "server-only";
import { BULK_KEY } from "./decision.sql.ts";
import type { ReviewItemRow } from "./types.ts";

export const instantSql = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
const moment = (name: string) => `CASE WHEN i.${name}_kind = 'value' THEN ${instantSql(`i.${name}_at`)} ELSE i.${name}_kind END`;

/** types.ts, ItemException, over exceptions x. */
export const ITEM_EXCEPTION = `json_build_object('id', x.id, 'state', x.state, 'activeAt', ${instantSql("x.active_at")}, 'expiresAt', ${instantSql("x.expires_at")})`;
/** The exception for the access of items i that has not ended: at most one. */
export const EXCEPTION_JOIN =
  "LEFT JOIN exceptions x ON x.identity_id = i.identity_id AND x.entitlement_id = i.entitlement_id AND x.ended_at IS NULL";

/** A row of the reviewer's table: each column as SQL over items i, campaigns c, decisions d, sync_runs r, population_reaches p and exceptions x. */
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
  bulkKey: BULK_KEY,
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
  ${EXCEPTION_JOIN}`;
