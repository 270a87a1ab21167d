import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import { iso } from "./list-page.sql.ts";
import type { Stream } from "./streams.ts";

export type HistoryLine = {
  /** first_seen, changed, gone, returned of a record; opened, ended of a grant. */
  kind: "first_seen" | "changed" | "gone" | "returned" | "opened" | "ended";
  stream: Stream;
  label: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
};

/** What one sync run saw of a thing that was otherwise before. */
export type RunEntry = { runId: string; at: string; sourceId: string; source: string; lines: HistoryLine[]; lineCount: number };
export type RecordHistory = { entries: RunEntry[]; hasMore: boolean };

const LINES = 10;
export const RECENT_RUNS = 12;
export const ALL_RUNS = 500;

type Kept = Exclude<Stream, "grants">;

/** A record's own beginning and changes; `which` picks records t by $1. */
const recordLines = (stream: Kept, which: string, label: string): string => `
  SELECT t.first_run_id AS run_id, 'first_seen' AS kind, '${stream}' AS stream, ${label} AS label, NULL::uuid AS named, NULL::jsonb AS before, NULL::jsonb AS after
  FROM ${stream} t WHERE ${which}
  UNION ALL
  SELECT c.run_id, c.kind, '${stream}', ${label}, NULL, c.before, c.after
  FROM ${stream} t JOIN inventory_changes c ON c.stream = '${stream}' AND c.record_id = t.id WHERE ${which}`;

/**
 * Grants g by $1, called by `named`: whichever of the two ends is not the subject. One that a run ended only to go on otherwise is one change,
 * not an end and a beginning.
 */
const grantLines = (which: string, named: string): string => `
  SELECT g.opened_run_id, CASE WHEN b.id IS NULL THEN 'opened' ELSE 'changed' END, 'grants', NULL, ${named}, ${termsOf("b")}, CASE WHEN b.id IS NOT NULL THEN ${termsOf("g")} END
  FROM grants g LEFT JOIN grants b ON b.holder_id = g.holder_id AND b.entitlement_id = g.entitlement_id AND b.source_id = g.source_id
    AND b.ended_run_id = g.opened_run_id AND b.end_reason = 'changed' WHERE ${which}
  UNION ALL
  SELECT g.ended_run_id, 'ended', 'grants', NULL, ${named}, NULL, NULL FROM grants g
  WHERE ${which} AND g.ended_run_id IS NOT NULL AND g.end_reason IS DISTINCT FROM 'changed'`;

const termsOf = (
  grant: string,
): string => `CASE WHEN ${grant}.id IS NOT NULL THEN jsonb_build_object('started', coalesce(${iso(`${grant}.started_at`)}, ${grant}.started_kind),
  'expires', coalesce(${iso(`${grant}.expires_at`)}, ${grant}.expires_kind), 'granted_by', ${grant}.granted_by, 'reason', ${grant}.reason, 'options', ${grant}.options) END`;

/** Looked up for the lines that are shown only: a grant of everybody has as many as there are people. */
const LABEL = `coalesce(l.label, (SELECT i.name FROM identities i WHERE i.id = l.named),
  (SELECT CASE WHEN $3::boolean THEN 'everyone with ' ELSE '' END || e.name FROM entitlements e WHERE e.id = l.named), 'unknown')`;

const PARTS = {
  identity: [
    recordLines("identities", "t.id = $1::uuid", "t.name"),
    recordLines("credentials", "t.identity_id = $1::uuid", "t.kind || ' ' || t.external_id"),
    recordLines("factors", "t.identity_id = $1::uuid", "t.kind"),
    recordLines("trusts", "t.identity_id = $1::uuid", "t.issuer"),
    grantLines("g.holder_id = $1::uuid", "g.entitlement_id"),
  ],
  resource: [recordLines("resources", "t.id = $1::uuid", "t.name"), recordLines("entitlements", "t.resource_id = $1::uuid", "t.name")],
  entitlement: [recordLines("entitlements", "t.id = $1::uuid", "t.name"), grantLines("g.entitlement_id = $1::uuid", "g.holder_id")],
  person: [recordLines("people", "t.id = $1::uuid", "t.name")],
} as const satisfies Record<string, readonly string[]>;

/** What each sync run found new or otherwise, newest run first. A long list of one run is cut, with its length. */
export async function historyOf(tx: Tx, subject: keyof typeof PARTS, id: string, runs: number): Promise<RecordHistory> {
  const entries = await tx.rows<RunEntry>(
    `WITH lines AS (${PARTS[subject].join("\n  UNION ALL")}),
     ranked AS (
       SELECT l.*, count(*) OVER (PARTITION BY run_id)::int AS line_count,
         row_number() OVER (PARTITION BY run_id ORDER BY stream_rank, kind, label COLLATE "C", named) AS nth
       FROM (SELECT *, array_position('{people,identities,resources,entitlements,credentials,factors,trusts,grants}', stream) AS stream_rank FROM lines) l
     ), shown AS (
       SELECT l.*, ${LABEL} AS name FROM ranked l WHERE l.nth <= ${LINES}
     )
     SELECT r.id AS "runId", ${iso("r.finished_at")} AS at, s.id AS "sourceId", s.name AS source, max(l.line_count)::int AS "lineCount",
       jsonb_agg(jsonb_build_object('kind', l.kind, 'stream', l.stream, 'label', l.name, 'before', l.before, 'after', l.after)
         ORDER BY l.stream_rank, l.kind, l.name COLLATE "C", l.nth) AS lines
     FROM shown l JOIN sync_runs r ON r.id = l.run_id JOIN sources s ON s.id = r.source_id
     GROUP BY r.id, s.id ORDER BY r.finished_at DESC, r.id DESC LIMIT $2::int`,
    [id, runs + 1, subject === "entitlement"],
  );
  return { entries: entries.slice(0, runs), hasMore: entries.length > runs };
}
