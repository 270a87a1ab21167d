import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import type { Tx } from "#lib/db/tx.ts";
import { conflict, DomainError, forbidden, notFound, precondition } from "#lib/errors/domain-error.ts";
import { overrideRefusals, overrideRefusalText } from "../override.ts";
import { findRun } from "../run-record.sql.ts";
import {
  type ConfirmOverrideInput,
  confirmOverrideInput,
  type OverrideTerms,
  overrideTerms,
  type RequestOverrideInput,
  requestOverrideInput,
} from "../schema.ts";
import { settleRun } from "../settle.sql.ts";
import type { RunOutcome } from "../types.ts";

const ACTION = "sync_run.override";
const VALID_HOURS = 24;

/** Asks that a held run be let through; says how many grants that ends. Someone else has to confirm within a day. */
export async function requestGateOverride(ctx: Ctx, given: RequestOverrideInput): Promise<{ requestId: string; terms: OverrideTerms }> {
  authorize(ctx.actor, "source.override");
  const { runId, reason } = requestOverrideInput.parse(given);
  const { actor } = ctx;
  if (actor.kind !== "user") throw forbidden("source.override");
  return transactPg(ctx, async (tx, inner) => {
    const run = await findRun(tx, runId, { forUpdate: true });
    if (!run) throw notFound("Sync run", runId);
    if (run.state !== "HELD") throw conflict(`The run is ${run.state.toLowerCase()}, not held.`);
    const terms = await termsOf(tx, runId);
    const expiresAt = new Date(ctx.now.getTime() + VALID_HOURS * 3_600_000).toISOString();
    await tx.rows(
      "UPDATE second_person_requests SET state = 'withdrawn', decided_at = $2::timestamptz WHERE action = $3::text AND subject_id = $1::text AND state = 'pending'",
      [runId, ctx.now.toISOString(), ACTION],
    );
    const [request] = await tx.rows<{ id: string }>(
      `INSERT INTO second_person_requests (action, subject_kind, subject_id, input, reason, requested_by, requested_person_id, requested_at, expires_at)
       VALUES ($1::text, 'sync_run', $2::text, $3::jsonb, $4::text, $5::uuid, $6::uuid, $7::timestamptz, $8::timestamptz) RETURNING id`,
      [ACTION, runId, JSON.stringify(terms), reason, actor.userId, actor.personId, ctx.now.toISOString(), expiresAt],
    );
    const requestId = request?.id ?? "";
    await recordAudit(tx, inner, {
      type: "second_person.asked",
      subject: { kind: "sync_run", id: runId, label: run.sourceName },
      data: { requestId, action: ACTION, expiresAt },
      reason,
    });
    return { requestId, terms };
  });
}

/** Confirms somebody else's request, exactly as it was asked, and applies the held rows in the same transaction. */
export async function confirmGateOverride(ctx: Ctx, given: ConfirmOverrideInput): Promise<RunOutcome> {
  authorize(ctx.actor, "source.override");
  const { requestId } = confirmOverrideInput.parse(given);
  return transactPg(ctx, async (tx, inner) => {
    const request = await lockRequest(tx, requestId);
    const run = request ? await findRun(tx, request.runId, { forUpdate: true }) : null;
    if (!request || !run) throw notFound("Request", requestId);
    const state = { isHeld: run.state === "HELD", isNewest: await isNewest(tx, run) };
    const [refusal] = overrideRefusals(request, ctx.actor, state, ctx.now);
    if (refusal === "no_step_up") throw new DomainError("STEP_UP_REQUIRED", overrideRefusalText(refusal));
    if (refusal) throw precondition(overrideRefusalText(refusal), { refusal });
    const confirmedBy = ctx.actor.kind === "user" ? ctx.actor.userId : "";
    const claimed = await tx.rows(
      "UPDATE second_person_requests SET state = 'confirmed', confirmed_by = $2::uuid, decided_at = $3::timestamptz WHERE id = $1::uuid AND state = 'pending' RETURNING id",
      [requestId, confirmedBy, ctx.now.toISOString()],
    );
    if (claimed.length === 0) throw conflict("This request was decided meanwhile.");
    await lockSourceOrRefuse(tx, run.sourceId);
    await recordAudit(tx, inner, {
      type: "second_person.confirmed",
      subject: { kind: "sync_run", id: run.id, label: run.sourceName },
      data: { requestId, action: ACTION, requestedBy: request.requestedBy },
    });
    const override = { requestedBy: request.requestedBy, confirmedBy, reason: request.reason };
    const outcome = await settleRun(tx, inner, run, { at: ctx.now, override, labels: new Map(), locate: null });
    const ends = outcome.state === "APPLIED" ? (outcome.changes.grants?.ended ?? 0) : null;
    if (ends !== request.terms.endsGrants) throw conflict("What this override does is not what was asked for. Ask again.");
    return outcome;
  });
}

type LockedRequest = Parameters<typeof overrideRefusals>[0] & { runId: string; reason: string; terms: OverrideTerms };

async function lockRequest(tx: Tx, requestId: string): Promise<LockedRequest | null> {
  const [row] = await tx.rows<Omit<LockedRequest, "terms"> & { input: unknown }>(
    `SELECT subject_id AS "runId", input, reason, requested_by AS "requestedBy", requested_person_id AS "requestedPersonId",
       expires_at AS "expiresAt", state FROM second_person_requests WHERE id = $1::uuid AND action = $2::text FOR UPDATE`,
    [requestId, ACTION],
  );
  return row ? { ...row, expiresAt: new Date(row.expiresAt), terms: overrideTerms.parse(row.input) } : null;
}

async function termsOf(tx: Tx, runId: string): Promise<OverrideTerms> {
  const [row] = await tx.rows<{ ends: string | null; isComplete: boolean; reasons: { text: string }[] | null }>(
    `SELECT changes -> 'grants' ->> 'ended' AS ends, is_complete AS "isComplete", reasons FROM sync_runs WHERE id = $1::uuid`,
    [runId],
  );
  const reasons = (row?.reasons ?? []).map(({ text }) => text);
  return { runId, endsGrants: Number(row?.ends ?? 0), onlyAdditions: row?.isComplete !== true, reasons };
}

async function isNewest(tx: Tx, run: { id: string; sourceId: string }): Promise<boolean> {
  const newer = await tx.rows(
    `SELECT 1 FROM sync_runs n JOIN sync_runs h ON h.id = $1::uuid
     WHERE n.source_id = $2::uuid AND n.state = 'APPLIED' AND n.started_at > h.started_at LIMIT 1`,
    [run.id, run.sourceId],
  );
  return newer.length === 0;
}

/** As the engine's own lock, for the length of this transaction. */
async function lockSourceOrRefuse(tx: Tx, sourceId: string): Promise<void> {
  const [row] = await tx.rows<{ locked: boolean }>("SELECT pg_try_advisory_xact_lock(hashtextextended($1::text, 7)) AS locked", [
    `source ${sourceId}`,
  ]);
  if (!row?.locked) throw conflict("A sync of this source is running. Wait for it to end.");
}
