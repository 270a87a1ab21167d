import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import type { Scope } from "#lib/connectors/contract.ts";
import type { Tx } from "#lib/db/tx.ts";
import type { Stream } from "#lib/inventory/streams.ts";
import { dropStaging, holdStaging } from "./stage.sql.ts";
import type { ChangesByStream, RunOutcome, StreamNumbers } from "./types.ts";

export type RunState = "RUNNING" | "APPLIED" | "HELD" | "FAILED" | "REJECTED" | "SUPERSEDED";

/** A run with what its source says today. */
export type RunRow = {
  id: string;
  sourceId: string;
  state: RunState;
  trigger: string;
  scopes: readonly Scope[] | null;
  digest: string | null;
  observedAt: string | null;
  sourceName: string;
  sourceState: "active" | "paused" | "retired";
  kind: string;
  config: unknown;
  secret: Buffer | null;
  dropThreshold: number;
  isPeopleSource: boolean;
};

export async function findRun(tx: Tx, runId: string, options: { forUpdate: boolean } = { forUpdate: false }): Promise<RunRow | null> {
  const [row] = await tx.rows<RunRow>(
    `SELECT r.id, r.source_id AS "sourceId", r.state::text AS state, r.trigger, r.scopes, r.digest, r.observed_at::text AS "observedAt", s.name AS "sourceName",
       s.state::text AS "sourceState", s.kind, s.config, s.secret, s.drop_threshold AS "dropThreshold", s.is_people_source AS "isPeopleSource"
     FROM sync_runs r JOIN sources s ON s.id = r.source_id WHERE r.id = $1::uuid ${options.forUpdate ? "FOR UPDATE OF r" : ""}`,
    [runId],
  );
  return row ?? null;
}

export type StreamRow = {
  stream: Stream;
  declared: string | null;
  excluded: string;
  completeness: "complete" | "partial" | "unavailable";
  reason: string | null;
};

export const streamsOfRun = (tx: Tx, runId: string): Promise<StreamRow[]> =>
  tx.rows<StreamRow>(
    "SELECT stream, declared::text AS declared, excluded::text AS excluded, completeness, reason FROM sync_streams WHERE run_id = $1::uuid",
    [runId],
  );

export type StreamDigests = ReadonlyMap<Stream, { raw: string; digest: string }>;

/** The final numbers of a run's streams. */
export async function writeNumbers(tx: Tx, runId: string, numbers: readonly StreamNumbers[], digests: StreamDigests): Promise<void> {
  await tx.rows(
    `UPDATE sync_streams s SET read = n.read, kept = n.kept, excluded = n.excluded, rejected = n.rejected, raw_digest = n.raw, digest = n.digest
     FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::text[], $8::text[])
       AS n (stream, read, kept, excluded, rejected, raw, digest)
     WHERE s.run_id = $1::uuid AND s.stream = n.stream`,
    [
      runId,
      numbers.map(({ stream }) => stream),
      numbers.map(({ read }) => read),
      numbers.map(({ kept }) => kept),
      numbers.map(({ excluded }) => excluded),
      numbers.map(({ rejected }) => rejected),
      numbers.map(({ stream }) => digests.get(stream)?.raw ?? null),
      numbers.map(({ stream }) => digests.get(stream)?.digest ?? null),
    ],
  );
}

export type Reason = { kind: string; text: string };

/** Guarded: a run that is no longer in `from` is nobody's to change. */
async function moveRun(
  tx: Tx,
  run: RunRow,
  to: RunState,
  from: readonly RunState[],
  fields: Record<string, [cast: string, value: unknown]>,
): Promise<void> {
  const names = Object.keys(fields);
  const sets = names.map((name, at) => `${name} = $${at + 3}::${fields[name]?.[0]}`);
  const moved = await tx.rows(
    `UPDATE sync_runs SET state = '${to}', ${sets.join(", ")} WHERE id = $1::uuid AND state = ANY ($2::sync_run_state[]) RETURNING id`,
    [run.id, [...from], ...names.map((name) => fields[name]?.[1])],
  );
  if (moved.length === 0) throw new Error(`run ${run.id} left ${from.join(" and ")} meanwhile`);
}

const subjectOf = (run: RunRow) => ({ kind: "sync_run", id: run.id, label: run.sourceName });

export async function markFailed(tx: Tx, ctx: Ctx, run: RunRow, at: Date, reasons: readonly Reason[]): Promise<RunOutcome> {
  await moveRun(tx, run, "FAILED", ["RUNNING"], {
    finished_at: ["timestamptz", at.toISOString()],
    reasons: ["jsonb", JSON.stringify(reasons)],
  });
  await dropStaging(tx, run.id);
  const texts = reasons.map(({ text }) => text);
  await recordAudit(tx, ctx, {
    type: "sync_run.failed",
    subject: subjectOf(run),
    data: { sourceId: run.sourceId, cause: texts.join(" ") },
  });
  return { state: "FAILED", runId: run.id, reasons: texts };
}

export async function markHeld(
  tx: Tx,
  ctx: Ctx,
  run: RunRow,
  at: Date,
  held: { reasons: readonly Reason[]; changes: ChangesByStream; isComplete: boolean; digest: string },
): Promise<RunOutcome> {
  await moveRun(tx, run, "HELD", ["RUNNING"], {
    finished_at: ["timestamptz", at.toISOString()],
    reasons: ["jsonb", JSON.stringify(held.reasons)],
    changes: ["jsonb", JSON.stringify(held.changes)],
    is_complete: ["boolean", held.isComplete],
    digest: ["text", held.digest],
  });
  await holdStaging(tx, run.id);
  const reasons = held.reasons.map(({ text }) => text);
  await recordAudit(tx, ctx, { type: "sync_run.held", subject: subjectOf(run), data: { sourceId: run.sourceId, reasons } });
  return { state: "HELD", runId: run.id, reasons };
}

export type Override = { requestedBy: string; confirmedBy: string; reason: string };

export async function markApplied(
  tx: Tx,
  ctx: Ctx,
  run: RunRow,
  at: Date,
  applied: { changes: ChangesByStream; isComplete: boolean; isFullRead: boolean; digest: string; override: Override | null },
): Promise<RunOutcome> {
  const { changes, isComplete, isFullRead, digest, override } = applied;
  await moveRun(tx, run, "APPLIED", [override ? "HELD" : "RUNNING"], {
    finished_at: ["timestamptz", at.toISOString()],
    changes: ["jsonb", JSON.stringify(changes)],
    is_complete: ["boolean", isComplete],
    is_full_read: ["boolean", isFullRead],
    digest: ["text", digest],
    ...(override
      ? {
          overridden_by: ["uuid", override.requestedBy],
          confirmed_by: ["uuid", override.confirmedBy],
          override_reason: ["text", override.reason],
        }
      : {}),
  });
  await dropStaging(tx, run.id);
  await recordAudit(tx, ctx, {
    type: "sync_run.applied",
    subject: subjectOf(run),
    data: { sourceId: run.sourceId, changes, digest, isComplete, overridden: override !== null },
    reason: override?.reason,
  });
  await supersedeHeld(tx, ctx, run);
  return { state: "APPLIED", runId: run.id, isFullRead, changes };
}

/** What an earlier run held is of no use once a newer one is applied. */
async function supersedeHeld(tx: Tx, ctx: Ctx, run: RunRow): Promise<void> {
  const held = await tx.rows<{ id: string }>(
    "UPDATE sync_runs SET state = 'SUPERSEDED' WHERE source_id = $1::uuid AND state = 'HELD' AND id <> $2::uuid RETURNING id",
    [run.sourceId, run.id],
  );
  for (const { id } of held) {
    await dropStaging(tx, id);
    await recordAudit(tx, ctx, {
      type: "sync_run.superseded",
      subject: { kind: "sync_run", id, label: run.sourceName },
      data: { sourceId: run.sourceId, byRunId: run.id },
    });
  }
}
