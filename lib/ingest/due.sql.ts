import "server-only";
import type { Ctx } from "#lib/authz/ctx.ts";
import { transactPg } from "#lib/db/transact.ts";
import type { Tx } from "#lib/db/tx.ts";
import { enqueue } from "#lib/jobs/enqueue.ts";
import { nextRun } from "./schedule.ts";

/** Sources whose time has come, with their next one set; a missed time is not made up for. */
export async function claimDue(tx: Tx, now: Date): Promise<string[]> {
  const due = await tx.rows<{ id: string; schedule: string; zone: string; dueAt: Date }>(
    `SELECT id, schedule, schedule_zone AS zone, next_run_at AS "dueAt" FROM sources
     WHERE state = 'active' AND schedule IS NOT NULL AND next_run_at <= $1::timestamptz ORDER BY next_run_at, id`,
    [now.toISOString()],
  );
  const claimed: string[] = [];
  for (const { id, schedule, zone, dueAt } of due) {
    const next = nextRun(schedule, zone, now)?.toISOString() ?? null;
    const moved = await tx.rows(
      "UPDATE sources SET next_run_at = $2::timestamptz WHERE id = $1::uuid AND next_run_at = $3::timestamptz AND state = 'active' RETURNING id",
      [id, next, new Date(dueAt).toISOString()],
    );
    if (moved.length > 0) claimed.push(id);
  }
  return claimed;
}

/** No sign of life for this long: a live worker beats each second. */
const SILENT = "60 seconds";

/** The heartbeat is set by whoever puts the run back, so that it is put back once a minute at most. Who holds the source's lock keeps it. */
export async function claimAbandoned(ctx: Ctx): Promise<number> {
  return transactPg(ctx, async (tx) => {
    const silent = await tx.rows<{ id: string }>(
      `UPDATE sync_runs SET heartbeat_at = now() WHERE id IN (
         SELECT id FROM sync_runs WHERE state = 'RUNNING' AND coalesce(heartbeat_at, started_at) < now() - interval '${SILENT}' FOR UPDATE SKIP LOCKED
       ) RETURNING id`,
    );
    for (const { id } of silent) await enqueue(tx, "source.sync", { runId: id }, { key: id });
    return silent.length;
  });
}
