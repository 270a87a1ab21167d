import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { sourceName } from "../batches.sql.ts";
import { lockIntake } from "../intake.sql.ts";
import { matchSessions } from "../match.sql.ts";

/** After a sync: derived sessions find the identities that the inventory has learned of. Without any news it writes nothing. */
export async function matchSessionsAgain(ctx: Ctx, { sourceId, runId }: { sourceId: string; runId: string }): Promise<number> {
  authorize(ctx.actor, "session.keep");
  return transactPg(ctx, async (tx, inner) => {
    await lockIntake(tx, sourceId);
    const sessions = await matchSessions(tx, sourceId);
    if (sessions === 0) return 0;
    await recordAudit(tx, inner, {
      type: "sessions.matched",
      subject: { kind: "source", id: sourceId, label: await sourceName(tx, sourceId) },
      data: { runId, sessions },
    });
    return sessions;
  });
}
