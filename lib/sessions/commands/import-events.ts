import "server-only";
import type { Readable } from "node:stream";
import { recordAudit } from "#lib/audit/record.ts";
import { userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactCopy } from "#lib/db/transact.ts";
import { sourceForEvents, writeBatch } from "../batches.sql.ts";
import { readCloudtrail } from "../cloudtrail.ts";
import { countRefused, keepEvents, keepRefused, lockIntake, stageRecords } from "../intake.sql.ts";
import { LOG_LIMITS, type LogLimits, logBytes } from "../log-bytes.ts";
import { logRecords } from "../log-records.ts";
import { ensureMonths } from "../partitions.sql.ts";
import { type ImportEventsInput, importEventsInput } from "../schema.ts";
import type { ImportOutcome } from "../types.ts";

/**
 * Takes in one CloudTrail log file of a source, packed or not: every record is kept, a duplicate of a kept one, or rejected with its reason.
 * All of it or nothing; a file that is broken as a whole changes nothing. The same file again adds nothing but the record of this import.
 */
export async function importAccessEvents(
  ctx: Ctx,
  given: ImportEventsInput,
  bytes: Readable,
  limits: LogLimits = LOG_LIMITS,
): Promise<ImportOutcome> {
  authorize(ctx.actor, "session.import");
  const { sourceId, name } = importEventsInput.parse(given);
  return transactCopy(ctx, async (tx, inner) => {
    const source = await sourceForEvents(tx, sourceId);
    const log = logBytes(name, bytes, limits);
    const { read, digest, months } = await stageRecords(tx, logRecords(name, log.chunks), readCloudtrail);
    await ensureMonths(months);
    await lockIntake(tx, sourceId);
    const [row] = await tx.rows<{ id: string }>("SELECT uuid7() AS id");
    const batchId = row?.id ?? "";
    const rejected = await countRefused(tx);
    const { kept, unmatched, sessions, firstAt, lastAt } = await keepEvents(tx, sourceId, batchId, ctx.now.toISOString());
    const sent = log.sent();
    const counts = { read, kept, duplicate: read - kept - rejected, rejected, unmatched };
    await writeBatch(tx, {
      id: batchId,
      sourceId,
      file: name,
      ...sent,
      digest,
      ...counts,
      firstAt,
      lastAt,
      importedBy: userIdOf(ctx.actor),
      importedAt: ctx.now.toISOString(),
    });
    if (rejected > 0) await keepRefused(tx, batchId);
    await recordAudit(tx, inner, {
      type: "access_events.imported",
      subject: { kind: "source", id: sourceId, label: source.name },
      data: { batchId, format: "cloudtrail", ...counts, sha256: sent.sha256, digest },
      personal: { file: name },
    });
    // A hint per batch, and only where a board would look different.
    if (kept > 0) await tx.rows("SELECT pg_notify('countersign', $1::text)", [JSON.stringify({ kind: "sessions", sourceId })]);
    return { batchId, file: name, sha256: sent.sha256, digest, ...counts, sessions };
  });
}
