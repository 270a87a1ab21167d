import "server-only";
import pg from "pg";
import type { Ctx } from "#lib/authz/ctx.ts";
import { type Connector, type Declared, SourceError } from "#lib/connectors/contract.ts";
import type { FilesConfig } from "#lib/connectors/files/upload.ts";
import { reader } from "#lib/db/transact.ts";
import type { Tx } from "#lib/db/tx.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import type { Stream } from "#lib/inventory/streams.ts";
import { IN_ORDER } from "./columns.ts";
import { configDigest, inputDigest } from "./digest.ts";
import { startHeartbeat } from "./heartbeat.sql.ts";
import type { RawFile, Reading } from "./progress.sql.ts";
import { labelsOf, linesOf, rawFilesOf } from "./raw-files.sql.ts";
import { readStream } from "./reading.sql.ts";
import { type RunConnection, withSourceLock } from "./run-connection.sql.ts";
import { findRun, markApplied, markFailed, type RunRow } from "./run-record.sql.ts";
import { type Settling, StagingLost, settleRun } from "./settle.sql.ts";
import { openConnector, type Uploads, uploadsToRead } from "./source-to-read.sql.ts";
import { ledgerOf } from "./stage.sql.ts";
import type { RunOutcome } from "./types.ts";

export type SyncOptions = {
  signal?: AbortSignal;
  /** In place of the registry's connector: for tests of the engine against the contract. */
  open?: (run: RunRow) => Promise<Connector>;
};

/** How often staging may be lost within one attempt before the run is left for a later one. */
const ATTEMPTS = 3;

/**
 * Works a RUNNING run to its end, from wherever an earlier worker left it, and under its own id. Throws only when nothing could be decided
 * (the database went away, the worker is stopping): the run is then still RUNNING, and the next call resumes it.
 */
export async function syncRun(ctx: Ctx, runId: string, options: SyncOptions = {}): Promise<RunOutcome> {
  const found = await findRun(reader, runId);
  if (found?.state !== "RUNNING") return { state: "over", runId };
  const outcome = await withSourceLock(found.sourceId, async (connection) => {
    const run = await connection.stage(ctx, (tx) => findRun(tx, runId));
    if (run?.state !== "RUNNING") return { state: "over", runId } as const;
    return work(ctx, connection, run, options);
  });
  return outcome ?? { state: "busy", runId };
}

async function work(ctx: Ctx, connection: RunConnection, run: RunRow, options: SyncOptions): Promise<RunOutcome> {
  const clock = clockOf(ctx.now);
  const signal = options.signal ?? new AbortController().signal;
  const heartbeat = startHeartbeat(run.id);
  let connector: Connector | undefined;
  try {
    const input = await describeInput(connection, ctx, run);
    if (input.unchangedSince) return await applyUnchanged(connection, ctx, { ...run, digest: input.digest }, input.unchangedSince, clock());
    const source = { id: run.sourceId, kind: run.kind, config: run.config, secret: run.secret };
    connector = await (options.open ? options.open(run) : openConnector(reader, source, input.uploads));
    const declared = await connector.declare(signal);
    await connection.stage(ctx, (tx) => keepDeclared(tx, run, declared));
    const raw = rawFilesFinder(options.open ? null : (input.uploads?.mapped ?? null), signal);
    const reading: Reading = { connection, ctx, runId: run.id, connector, declared: declared.totals, signal, heartbeat, rawFiles: raw };
    return await readAndSettle(reading, run, clock);
  } catch (error) {
    if (signal.aborted || connection.isLost() || isPassing(error)) throw error;
    const text = failureText(error);
    return await connection.transact(ctx, (tx, inner) => markFailed(tx, inner, run, clock(), [{ kind: "failed", text }]));
  } finally {
    await heartbeat.stop();
    await connector?.close().catch(() => {});
  }
}

async function readAndSettle(reading: Reading, run: RunRow, clock: () => Date): Promise<RunOutcome> {
  const { connection, ctx, connector } = reading;
  const streams = IN_ORDER.filter((stream) => connector.streams.includes(stream) && (stream !== "people" || run.isPeopleSource));
  for (let attempt = 1; ; attempt += 1) {
    for (const stream of streams) await readStream(reading, stream);
    reading.signal.throwIfAborted();
    try {
      return await connection.transact(ctx, async (tx, inner) => {
        // Not locked: the source's lock keeps others off, and the heartbeat goes on.
        const current = await findRun(tx, run.id);
        if (!current) throw new Error("the run is gone");
        return settleRun(tx, inner, current, { at: clock(), override: null, ...(await locators(tx, reading, streams)) });
      });
    } catch (error) {
      if (!(error instanceof StagingLost) || attempt === ATTEMPTS) throw error;
    }
  }
}

/** Names of files, and lines in them, for rows that were staged whole. */
async function locators(tx: Tx, reading: Reading, streams: readonly Stream[]): Promise<Pick<Settling, "labels" | "locate">> {
  const files = new Map<Stream, readonly RawFile[]>();
  for (const stream of streams) {
    const raw = await reading.rawFiles(stream);
    const ledger = raw ? await ledgerOf(tx, reading.runId, stream) : [];
    if (raw && ledger.length === raw.length && ledger.every(({ cursor }) => cursor?.startsWith("file:"))) files.set(stream, raw);
  }
  return {
    labels: new Map([...files].map(([stream, raw]) => [stream, labelsOf(raw)])),
    locate: (stream, rows) => linesOf(files.get(stream) ?? [], rows, reading.signal),
  };
}

function rawFilesFinder(config: FilesConfig | null, signal: AbortSignal): Reading["rawFiles"] {
  const found = new Map<Stream, Promise<readonly RawFile[] | null>>();
  return (stream) => {
    const known = found.get(stream) ?? (config ? rawFilesOf(config, stream, signal) : Promise.resolve(null));
    found.set(stream, known);
    return known;
  };
}

type Input = { digest: string | null; uploads: Uploads | null; unchangedSince: string | null };

/** What the run is made from, written to it before anything is read; for files also whether that was applied whole before. */
async function describeInput(connection: RunConnection, ctx: Ctx, run: RunRow): Promise<Input> {
  return connection.stage(ctx, async (tx) => {
    const config = configDigest(run.kind, { settings: run.config, isPeopleSource: run.isPeopleSource });
    const uploads = await uploadsToRead(tx, { id: run.sourceId, kind: run.kind, config: run.config });
    const digest = uploads ? inputDigest(config, uploads.files) : null;
    await tx.rows("UPDATE sync_runs SET config_digest = $2::text, digest = $3::text WHERE id = $1::uuid", [run.id, config, digest]);
    const [last] = await tx.rows<{ id: string; digest: string | null; isComplete: boolean }>(
      `SELECT id, digest, is_complete AS "isComplete" FROM sync_runs
       WHERE source_id = $1::uuid AND state = 'APPLIED' ORDER BY finished_at DESC, id DESC LIMIT 1`,
      [run.sourceId],
    );
    const isUnchanged = digest !== null && last?.digest === digest && last.isComplete;
    return { digest, uploads, unchangedSince: isUnchanged ? last.id : null };
  });
}

/** The same bytes under the same mapping: applied already, and therefore no proof of anything since. Its counts are those of that run. */
async function applyUnchanged(connection: RunConnection, ctx: Ctx, run: RunRow, since: string, at: Date): Promise<RunOutcome> {
  return connection.transact(ctx, async (tx, inner) => {
    await tx.rows(
      `INSERT INTO sync_streams (run_id, stream, declared, read, kept, excluded, rejected, pages, excluded_by, completeness, reason, raw_digest, digest)
       SELECT $1::uuid, stream, declared, read, kept, excluded, rejected, pages, excluded_by, completeness, reason, raw_digest, digest
       FROM sync_streams WHERE run_id = $2::uuid ON CONFLICT DO NOTHING`,
      [run.id, since],
    );
    await tx.rows(
      `UPDATE sync_runs r SET observed_at = o.observed_at, product = o.product, account = o.account, endpoint = o.endpoint, scopes = o.scopes
       FROM sync_runs o WHERE r.id = $1::uuid AND o.id = $2::uuid`,
      [run.id, since],
    );
    return markApplied(tx, inner, run, at, { changes: {}, isComplete: true, isFullRead: false, digest: run.digest ?? "", override: null });
  });
}

/** A resumed run speaks of the earliest instant that any part of it was read at. */
async function keepDeclared(tx: Tx, run: RunRow, declared: Declared): Promise<void> {
  await tx.rows(
    `UPDATE sync_runs SET observed_at = least(observed_at, $2::timestamptz), product = $3::text, account = $4::text, endpoint = $5::text, scopes = $6::jsonb
     WHERE id = $1::uuid AND state = 'RUNNING'`,
    [run.id, declared.observedAt, declared.product, declared.account, declared.endpoint, JSON.stringify(declared.scopes)],
  );
}

const clockOf = (now: Date): (() => Date) => {
  const started = performance.now();
  return () => new Date(now.getTime() + Math.round(performance.now() - started));
};

/** What may be otherwise in a moment: connections, resources, shutdown, serialisation. The run is then resumed, not failed. */
const PASSING = /^(08|40|53|55P03|57)/;
const isPassing = (error: unknown): boolean => error instanceof pg.DatabaseError && PASSING.test(error.code ?? "");

/** Only our own sentences reach people; anything else is logged whole and named by kind. */
function failureText(error: unknown): string {
  if (error instanceof SourceError || error instanceof DomainError) return error.message;
  console.error(
    JSON.stringify({
      level: "error",
      message: "sync run failed",
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    }),
  );
  return "Something went wrong inside Countersign while this run was read; nothing was applied. The log of the worker has the details.";
}
