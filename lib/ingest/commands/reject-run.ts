import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { conflict, notFound } from "#lib/errors/domain-error.ts";
import { findRun } from "../run-record.sql.ts";
import { type RejectRunInput, rejectRunInput } from "../schema.ts";
import { dropStaging } from "../stage.sql.ts";

/** A held run is not to become the inventory. Its numbers and refused records stay, its staged rows go. */
export async function rejectRun(ctx: Ctx, given: RejectRunInput): Promise<void> {
  authorize(ctx.actor, "source.sync");
  const { runId, reason } = rejectRunInput.parse(given);
  await transactPg(ctx, async (tx, inner) => {
    const run = await findRun(tx, runId, { forUpdate: true });
    if (!run) throw notFound("Sync run", runId);
    const moved = await tx.rows("UPDATE sync_runs SET state = 'REJECTED' WHERE id = $1::uuid AND state = 'HELD' RETURNING id", [runId]);
    if (moved.length === 0) throw conflict(`The run is ${run.state.toLowerCase()}, not held.`);
    await dropStaging(tx, runId);
    await tx.rows(
      "UPDATE second_person_requests SET state = 'withdrawn', decided_at = now() WHERE subject_kind = 'sync_run' AND subject_id = $1::text AND state = 'pending'",
      [runId],
    );
    await recordAudit(tx, inner, {
      type: "sync_run.rejected",
      subject: { kind: "sync_run", id: runId, label: run.sourceName },
      data: { sourceId: run.sourceId },
      reason,
    });
  });
}
