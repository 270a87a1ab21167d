import "server-only";
import type { BoardParams } from "./search-params.ts";

export const iso = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** A derived session whose end nobody told counts as open for this long after its last event. */
const QUIET = "interval '1 hour'";

/**
 * Open at $1: what the last sync still saw; of what events tell, what has an end ahead or, where none is told, did something in the last hour.
 * A log ends nowhere, so this is said as what it is.
 */
export const IS_NOW = `(CASE WHEN s.told = 'read' THEN s.gone_run_id IS NULL WHEN s.expires_at IS NOT NULL THEN s.expires_at > $1::timestamptz AND s.started_at <= $1::timestamptz
  ELSE s.last_active_at > $1::timestamptz - ${QUIET} AND s.started_at <= $1::timestamptz END)`;

/** "deploy" for arn:aws:iam::1:role/ci/deploy; the whole where it is no ARN. */
const shortName = (column: string): string => `coalesce(substring(${column} from '^arn:.*[/:]([^/:]+)$'), ${column})`;
const IDENTITY = `coalesce(i.name, ${shortName("s.identity")}, 'unknown')`;

export const SESSION_FROM = `FROM sessions s
  JOIN sources o ON o.id = s.source_id
  LEFT JOIN identities i ON i.id = s.identity_id
  LEFT JOIN people p ON p.id = i.person_id
  LEFT JOIN sessions f ON f.source_id = s.source_id AND f.external_id = s.elevated_from
  LEFT JOIN identities fi ON fi.id = f.identity_id`;

/** Of SessionRow; $1 is the instant. */
export const SESSION_ROW = `s.id, s.source_id AS "sourceId", o.name AS source, o.kind AS "sourceKind", s.told, ${IDENTITY} AS identity, s.identity_id AS "identityId",
  coalesce(i.class, 'unknown') AS "identityClass", p.name AS person, s.started_kind AS "startedKind", ${iso("s.started_at")} AS "startedAt",
  s.last_active_kind AS "lastActiveKind", ${iso("s.last_active_at")} AS "lastActiveAt", ${iso("s.expires_at")} AS "expiresAt", ${IS_NOW} AS "isNow",
  s.address, s.client, s.authenticated_by AS "authenticatedBy", s.mfa, s.privileged, s.elevated_by AS "elevatedBy", f.id AS "elevatedFromId",
  coalesce(fi.name, ${shortName("f.identity")}, s.elevated_by) AS "elevatedFrom"`;

/** The rows of the board, with $2 as the end of its day; one condition for counts and rows. Values in the order of `boardValues`. */
export const BOARD_WHERE = `CASE $3::text WHEN 'now' THEN ${IS_NOW}
    WHEN 'day' THEN s.started_at < $2::timestamptz AND (${IS_NOW} OR s.last_active_at >= $2::timestamptz - interval '24 hours') ELSE true END
  AND ($4::text = '' OR s.source_id = nullif($4::text, '')::uuid) AND ($5::text = '' OR s.privileged = $5::text) AND ($6::text = '' OR s.mfa = $6::text)
  AND ($7::text = '' OR s.elevated_by IS NOT NULL) AND ($8::text = '' OR s.told = $8::text)
  AND ($9::text = '' OR ${IDENTITY} ILIKE $9::text OR s.identity ILIKE $9::text OR s.address ILIKE $9::text OR s.client ILIKE $9::text OR p.name ILIKE $9::text)`;

export const boardValues = (params: BoardParams, now: string, until: string): unknown[] => [
  now,
  until,
  params.show,
  params.sourceId,
  params.privileged,
  params.mfa,
  params.elevated,
  params.told,
  params.q === "" ? "" : `%${params.q.replace(/[\\%_]/g, "\\$&")}%`,
];
