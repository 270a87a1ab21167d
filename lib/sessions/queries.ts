import "server-only";
import type { SessionScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import type { LaneSession } from "./lanes.ts";
import { HOURS } from "./rollup.sql.ts";
import { BOARD_WHERE, boardValues, IS_NOW, iso, SESSION_FROM, SESSION_ROW } from "./rows.sql.ts";
import { type BoardParams, untilOf } from "./search-params.ts";
import type { SequenceEvent } from "./sequence.ts";
import type { Span, Tally } from "./series.ts";
import type { BoardLine, BoardTotals, Fact, SessionList, SessionRow, SessionView } from "./types.ts";

const LISTED = 200;
const LANE_SESSIONS = 1_000;
const SEQUENCE_EVENTS = 2_000;

/** Newest first, at most 200; `total` is how many there are. */
export async function listSessions(_scope: SessionScope, params: BoardParams, now: string): Promise<SessionList> {
  const until = untilOf(params, now);
  const values = boardValues(params, now, until);
  const [rows, [count]] = await Promise.all([
    reader.rows<SessionRow>(
      `SELECT ${SESSION_ROW} ${SESSION_FROM} WHERE ${BOARD_WHERE} ORDER BY s.started_at DESC NULLS LAST, s.id DESC LIMIT ${LISTED}`,
      values,
    ),
    reader.rows<{ total: number }>(`SELECT count(*)::int AS total ${SESSION_FROM} WHERE ${BOARD_WHERE}`, values),
  ]);
  return { rows: rows.map(boardLine), total: count?.total ?? rows.length };
}

function boardLine({ sourceKind, identityId, identityClass, person, expiresAt, client, elevatedBy, ...line }: SessionRow): BoardLine {
  return line;
}

export async function boardTotals(_scope: SessionScope, now: string, until: string): Promise<BoardTotals> {
  const [row] = await reader.rows<BoardTotals>(
    `WITH open AS (SELECT s.privileged, s.mfa FROM sessions s WHERE ${IS_NOW}),
       elevated AS (SELECT sum(events) AS events, sum(events) FILTER (WHERE mfa <> 'yes') AS weak FROM ${HOURS} h
         WHERE outcome = 'success' AND kind IN ('token_issued', 'privilege_granted')
           AND hour > date_trunc('hour', $2::timestamptz) - interval '24 hours' AND hour <= $2::timestamptz)
     SELECT (SELECT count(*) FROM open)::int AS open, (SELECT count(*) FROM open WHERE privileged = 'yes')::int AS privileged,
       (SELECT count(*) FROM open WHERE privileged = 'yes' AND mfa = 'no')::int AS "privilegedWithoutMfa",
       (SELECT count(*) FROM open WHERE privileged = 'yes' AND mfa = 'unknown')::int AS "privilegedMfaUnknown",
       (SELECT count(*) FROM open WHERE privileged = 'unknown')::int AS "privilegeUnknown",
       coalesce((SELECT events FROM elevated), 0)::int AS elevations, coalesce((SELECT weak FROM elevated), 0)::int AS "elevationsWithoutMfa",
       (SELECT count(*) FROM sessions)::int AS known, (SELECT ${iso("max(coalesce(last_active_at, started_at))")} FROM sessions) AS "newestAt"`,
    [now, until],
  );
  if (!row) throw new Error("a count without a row");
  return row;
}

/** Elevations by source or class, and sign-ins and tokens by factor: sums of the roll-up in the steps of a span. */
export async function eventTallies(
  _scope: SessionScope,
  { from, until, stepMs }: Span,
  by: "source" | "class",
): Promise<{ elevations: Tally[]; factors: Tally[] }> {
  const rows = await reader.rows<{ at: string; name: string; mfa: string; elevations: number; openings: number }>(
    `SELECT (floor(extract(epoch FROM h.hour) * 1000 / $3::bigint) * $3::bigint)::bigint::text AS at, ${by === "source" ? "o.name" : "h.identity_class"} AS name, h.mfa,
       coalesce(sum(h.events) FILTER (WHERE h.kind IN ('token_issued', 'privilege_granted')), 0)::int AS elevations,
       coalesce(sum(h.events) FILTER (WHERE h.kind IN ('token_issued', 'sign_in')), 0)::int AS openings
     FROM ${HOURS} h JOIN sources o ON o.id = h.source_id
     WHERE h.hour >= $1::timestamptz AND h.hour < $2::timestamptz AND h.outcome = 'success' AND h.kind IN ('token_issued', 'privilege_granted', 'sign_in')
     GROUP BY 1, 2, 3`,
    [new Date(from).toISOString(), new Date(until).toISOString(), stepMs],
  );
  return {
    elevations: rows.map(({ at, name, elevations }) => ({ at: Number(at), name, count: elevations })),
    factors: rows.map(({ at, mfa, openings }) => ({ at: Number(at), name: mfa, count: openings })),
  };
}

/** Sessions begun, by source or class, in the steps of a span. */
export async function sessionTallies(_scope: SessionScope, { from, until, stepMs }: Span, by: "source" | "class"): Promise<Tally[]> {
  const rows = await reader.rows<{ at: string; name: string; count: number }>(
    `SELECT (floor(extract(epoch FROM s.started_at) * 1000 / $3::bigint) * $3::bigint)::bigint::text AS at,
       ${by === "source" ? "o.name" : "coalesce(i.class, 'unknown')"} AS name, count(*)::int AS count
     FROM sessions s JOIN sources o ON o.id = s.source_id LEFT JOIN identities i ON i.id = s.identity_id
     WHERE s.started_at >= $1::timestamptz AND s.started_at < $2::timestamptz GROUP BY 1, 2`,
    [new Date(from).toISOString(), new Date(until).toISOString(), stepMs],
  );
  return rows.map(({ at, ...row }) => ({ at: Number(at), ...row }));
}

/** Sessions that the day before `until` saw, for the lanes. */
export const laneSessions = (_scope: SessionScope, now: string, until: string): Promise<LaneSession[]> =>
  reader.rows<LaneSession>(
    `SELECT * FROM (SELECT ${SESSION_ROW} ${SESSION_FROM}
       WHERE s.started_at < $2::timestamptz AND (${IS_NOW} OR s.last_active_at >= $2::timestamptz - interval '24 hours')
       ORDER BY s.started_at DESC, s.id LIMIT ${LANE_SESSIONS}) s ORDER BY "startedAt", id`,
    [now, until],
  );

export async function getSession(_scope: SessionScope, sessionId: string, now: string): Promise<SessionView | null> {
  const [row] = await reader.rows<SessionView>(
    `SELECT ${SESSION_ROW}, s.external_id AS "externalId", s.identity AS principal, s.credential, s.shows_privilege AS "showsPrivilege", s.events::int AS events,
       ${iso("s.first_seen_at")} AS "firstSeenAt", ${iso("s.gone_at")} AS "goneAt", ${iso("r.observed_at")} AS "readAt"
     ${SESSION_FROM} LEFT JOIN LATERAL (SELECT observed_at FROM sync_runs r WHERE r.source_id = s.source_id AND r.state = 'APPLIED' AND s.told = 'read'
       ORDER BY r.started_at DESC LIMIT 1) r ON true
     WHERE s.id = $2::uuid`,
    [now, sessionId],
  );
  return row ?? null;
}

/** What happened in a session, oldest first, at most 2,000 events. */
export const sessionEvents = (
  _scope: SessionScope,
  { sourceId, externalId }: Pick<SessionView, "sourceId" | "externalId">,
): Promise<SequenceEvent[]> =>
  reader.rows<SequenceEvent>(
    `SELECT ${iso("e.occurred_at")} AS at, e.kind, e.action, e.outcome, e.mfa, e.target, e.error, g.id AS "issuedSessionId"
     FROM access_events e LEFT JOIN sessions g ON g.source_id = e.source_id AND g.external_id = e.issued_key
     WHERE e.source_id = $1::uuid AND e.session_key = $2::text ORDER BY e.occurred_at, e.event_id COLLATE "C" LIMIT ${SEQUENCE_EVENTS}`,
    [sourceId, externalId],
  );

/** The event that gave a session out, with the session that it happened in. */
export async function issueOf(
  _scope: SessionScope,
  { sourceId, externalId }: Pick<SessionView, "sourceId" | "externalId">,
  from: string | null,
) {
  const [row] = await reader.rows<{ at: string; action: string; mfa: Fact; address: string | null }>(
    `SELECT ${iso("e.occurred_at")} AS at, e.action, e.mfa, e.address FROM access_events e
     WHERE e.source_id = $1::uuid AND e.session_key = $3::text AND e.issued_key = $2::text ORDER BY e.occurred_at LIMIT 1`,
    [sourceId, externalId, from],
  );
  return row ?? null;
}
