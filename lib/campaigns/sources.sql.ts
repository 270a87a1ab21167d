import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import { blocksOf, DEFAULT_STALE_DAYS, type SourceFacts } from "./rules.ts";
import type { Block } from "./types.ts";

/** How each source in scope stands: what the gate before a freeze looks at. */
async function readSourceFacts(tx: Tx, sourceIds: readonly string[]): Promise<SourceFacts[]> {
  const rows = await tx.rows<{
    sourceId: string;
    sourceName: string;
    sourceState: SourceFacts["sourceState"];
    hasGrants: boolean;
    finishedAt: Date | null;
    isComplete: boolean | null;
    latestState: string | null;
    latestStartedAt: Date | null;
    isHeld: boolean;
  }>(
    `SELECT s.id AS "sourceId", s.name AS "sourceName", s.state::text AS "sourceState",
       EXISTS (SELECT FROM grants g WHERE g.source_id = s.id AND g.ended_run_id IS NULL) AS "hasGrants",
       a.finished_at AS "finishedAt", a.is_complete AS "isComplete", l.state AS "latestState", l.started_at AS "latestStartedAt",
       EXISTS (SELECT FROM sync_runs h WHERE h.source_id = s.id AND h.state = 'HELD') AS "isHeld"
     FROM sources s
     LEFT JOIN LATERAL (SELECT coalesce(finished_at, started_at) AS finished_at, is_complete FROM sync_runs
       WHERE source_id = s.id AND state = 'APPLIED' ORDER BY started_at DESC LIMIT 1) a ON true
     LEFT JOIN LATERAL (SELECT state::text AS state, started_at FROM sync_runs WHERE source_id = s.id ORDER BY started_at DESC LIMIT 1) l ON true
     WHERE s.id = ANY ($1::uuid[]) ORDER BY s.name COLLATE "C", s.id`,
    [sourceIds],
  );
  return rows.map((row) => ({
    sourceId: row.sourceId,
    sourceName: row.sourceName,
    sourceState: row.sourceState,
    grants: row.hasGrants ? 1 : 0,
    applied: row.finishedAt ? { finishedAt: row.finishedAt, isComplete: row.isComplete === true } : null,
    latest: row.latestState && row.latestStartedAt ? { state: row.latestState, startedAt: row.latestStartedAt } : null,
    isHeld: row.isHeld,
  }));
}

/** Stale after so many days: the setting, or the default. */
export async function staleDays(tx: Tx): Promise<number> {
  const [row] = await tx.rows<{ days: number | null }>(
    `SELECT CASE WHEN jsonb_typeof(value) = 'number' THEN value::int END AS days FROM settings WHERE key = 'campaign.stale_days'`,
  );
  return row?.days ?? DEFAULT_STALE_DAYS;
}

export async function findBlocks(tx: Tx, sourceIds: readonly string[], now: Date): Promise<Block[]> {
  const days = await staleDays(tx);
  const sources = await readSourceFacts(tx, sourceIds);
  return sources.flatMap((source) => blocksOf(source, now, days));
}
