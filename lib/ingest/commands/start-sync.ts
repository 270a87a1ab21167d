import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import { userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { conflict, precondition } from "#lib/errors/domain-error.ts";
import { enqueue } from "#lib/jobs/enqueue.ts";
import { type StartSyncInput, startSyncInput } from "../schema.ts";
import { lockSource } from "../source-row.sql.ts";

/**
 * Starts a run and leaves it to the workers, or (`isWorkedHere`) to the caller, who calls runSync next; a caller that dies on the way is
 * followed by a worker. One run at a time for each source, whoever asks.
 */
export async function startSync(ctx: Ctx, given: StartSyncInput, options: { isWorkedHere?: boolean } = {}): Promise<{ runId: string }> {
  authorize(ctx.actor, "source.sync");
  const { sourceId, trigger } = startSyncInput.parse(given);
  return transactPg(ctx, async (tx, inner) => {
    const source = await lockSource(tx, sourceId);
    if (source.state !== "active") throw precondition(`The source is ${source.state}: nothing is read from it.`);
    const [run] = await tx.rows<{ id: string }>(
      `INSERT INTO sync_runs (source_id, trigger, started_by, started_at, heartbeat_at)
       VALUES ($1::uuid, $2::text, $3::uuid, $4::timestamptz, now())
       ON CONFLICT (source_id) WHERE state = 'RUNNING' DO NOTHING RETURNING id`,
      [sourceId, trigger, userIdOf(ctx.actor), ctx.now.toISOString()],
    );
    if (!run) throw conflict("A sync of this source is running already.");
    if (!options.isWorkedHere) await enqueue(tx, "source.sync", { runId: run.id }, { key: run.id });
    await recordAudit(tx, inner, {
      type: "sync_run.started",
      subject: { kind: "sync_run", id: run.id, label: source.name },
      data: { sourceId, trigger },
    });
    return { runId: run.id };
  });
}
