import "server-only";
import { createHash } from "node:crypto";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import type { Completeness } from "#lib/connectors/contract.ts";
import type { Tx } from "#lib/db/tx.ts";
import { refreshClosure } from "#lib/inventory/closure.sql.ts";
import { matchPeople } from "#lib/inventory/matching.sql.ts";
import { resolveOwners } from "#lib/inventory/owners.sql.ts";
import type { Stream } from "#lib/inventory/streams.ts";
import { enqueue } from "#lib/jobs/enqueue.ts";
import { IN_ORDER } from "./columns.ts";
import {
  compareGrants,
  compareRecords,
  countLive,
  keepRefused,
  markTwins,
  mayHaveTwins,
  type PageLabel,
  type RowLine,
  type Run,
  refusedRows,
  type Staged,
  type Tally,
} from "./difference.sql.ts";
import { attachGrants, dropGrantsHeap, hasGrantsPartition, loadGrants } from "./first-load.sql.ts";
import { gateReasonText, gateVerdict, isCompleteRun } from "./gate.ts";
import { type Apply, applyGrants, applyRecords } from "./reconcile.sql.ts";
import {
  markApplied,
  markFailed,
  markHeld,
  type Override,
  type RunRow,
  type StreamDigests,
  type StreamRow,
  streamsOfRun,
  writeNumbers,
} from "./run-record.sql.ts";
import { agrees, dropDifferences, ledgerOf, stagedPages, streamDigest } from "./stage.sql.ts";
import type { Changes, ChangesByStream, RunOutcome, StreamNumbers } from "./types.ts";

/** Staging is not what the ledger says: the server crashed and emptied it. The run starts again at page 1. */
export class StagingLost extends Error {
  readonly stream: Stream;
  constructor(stream: Stream) {
    super(`staging of ${stream} is not what its ledger says`);
    this.stream = stream;
  }
}

/** Finds the lines of refused rows in the files that they came from. */
export type LocateRows = (stream: Stream, rows: readonly { page: number; row: number }[]) => Promise<readonly RowLine[]>;

export type Settling = {
  at: Date;
  override: Override | null;
  labels: ReadonlyMap<Stream, readonly PageLabel[]>;
  locate: LocateRows | null;
};

/** Lines are looked up for so many refused rows of a stream; the rest keep their row number. */
const LOCATED = 10_000;

/** Serialises what touches the live inventory: short, except for a source's first load. */
const APPLY_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('inventory', 7))";

type Compared = { staged: Staged; tallies: Map<Stream, Tally>; firstGrants: boolean };

/**
 * From staged rows to the end of the run, in the caller's one transaction: compare, gate, and then either the live inventory with its
 * history, closure, owners, matches and the word to everyone else, or nothing but a held run. The caller holds the source's lock.
 */
export async function settleRun(tx: Tx, ctx: Ctx, row: RunRow, settling: Settling): Promise<RunOutcome> {
  const run: Run = { id: row.id, sourceId: row.sourceId };
  await tx.rows("SELECT set_config('TimeZone', 'UTC', true), set_config('work_mem', '128MB', true)");
  const streams = await streamsOfRun(tx, run.id);
  const digests = await checkedDigests(tx, run, streams, settling.override !== null);
  const compared = await compareAll(tx, run, streams);
  const numbers = await numbersOf(tx, run, streams, compared);
  const digest = row.digest ?? digestOf(digests);
  if (!settling.override) await keepAllRefused(tx, run, compared, settling);
  await writeNumbers(tx, run.id, numbers, digests);

  const isComplete = isCompleteRun(numbers);
  const verdict = gateVerdict({ streams: numbers, scopes: row.scopes ?? [], dropThresholdPercent: row.dropThreshold });
  if (verdict.kind !== "apply" && (verdict.kind === "fail" || !settling.override)) {
    const reasons = verdict.reasons.map((reason) => ({ ...reason, text: gateReasonText(reason) }));
    if (compared.firstGrants) await dropGrantsHeap(tx, run);
    await dropDifferences(tx, run.id);
    if (verdict.kind === "fail") return markFailed(tx, ctx, row, settling.at, reasons);
    return markHeld(tx, ctx, row, settling.at, { reasons, changes: changesOf(compared, !isComplete), isComplete, digest });
  }

  const onlyAdditions = !isComplete;
  await applyAll(tx, ctx, { run, at: settling.at, onlyAdditions }, compared);
  await enqueue(tx, "inventory.published", { sourceId: run.sourceId, runId: run.id }, { key: run.id });
  await tx.rows("SELECT pg_notify('countersign', $1::text)", [
    JSON.stringify({ kind: "inventory", sourceId: run.sourceId, runId: run.id }),
  ]);
  const changes = changesOf(compared, onlyAdditions);
  return markApplied(tx, ctx, row, settling.at, { changes, isComplete, isFullRead: true, digest, override: settling.override });
}

/** What was read, by stream; throws StagingLost. A held run's staging is logged, and its pages were checked when it was held. */
async function checkedDigests(tx: Tx, run: Run, streams: readonly StreamRow[], isHeld: boolean): Promise<StreamDigests> {
  const digests = new Map<Stream, { raw: string; digest: string }>();
  for (const { stream, completeness, excluded } of streams) {
    if (completeness === "unavailable") continue;
    const ledger = await ledgerOf(tx, run.id, stream);
    if (!isHeld && (ledger.length === 0 || !agrees(ledger, await stagedPages(tx, run.id, stream)))) throw new StagingLost(stream);
    const raw = streamDigest(ledger);
    digests.set(stream, { raw, digest: sha256(`${stream} ${raw} ${excluded} ${completeness}`) });
  }
  return digests;
}

const digestOf = (digests: StreamDigests): string =>
  sha256(
    [...digests]
      .map(([stream, { digest }]) => `${stream} ${digest}\n`)
      .sort()
      .join(""),
  );

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

async function compareAll(tx: Tx, run: Run, streams: readonly StreamRow[]): Promise<Compared> {
  const rows = new Map(streams.map((row) => [row.stream, row]));
  const staged = new Map<Stream, { isComplete: boolean }>();
  const tallies = new Map<Stream, Tally>();
  let firstGrants = false;
  for (const stream of IN_ORDER) {
    const row = rows.get(stream);
    if (!row || row.completeness === "unavailable") continue;
    await tx.rows("SELECT open_difference($1::uuid, $2::text)", [run.id, stream]);
    const isComplete = row.completeness === "complete";
    const withThis: Staged = new Map([...staged, [stream, { isComplete }]]);
    if (stream === "grants" && !(await hasGrantsPartition(tx, run.sourceId))) {
      const [any] = await tx.rows<{ any: boolean }>(
        "SELECT EXISTS (SELECT FROM sync_pages WHERE run_id = $1::uuid AND stream = 'grants' AND rows > 0) AS any",
        [run.id],
      );
      firstGrants = any?.any === true;
    }
    const compare = () => {
      if (stream !== "grants") return compareRecords(tx, run, stream, withThis);
      return firstGrants ? loadGrants(tx, run, withThis) : compareGrants(tx, run, withThis);
    };
    let tally = await compare();
    const isLoaded = stream === "grants" && firstGrants;
    if (!isLoaded && (await mayHaveTwins(tx, run, stream, tally, isComplete)) && (await markTwins(tx, run, stream)) > 0)
      tally = await compare();
    staged.set(stream, { isComplete });
    tallies.set(stream, tally);
  }
  return { staged, tallies, firstGrants };
}

async function numbersOf(tx: Tx, run: Run, streams: readonly StreamRow[], { tallies }: Compared): Promise<StreamNumbers[]> {
  const numbers: StreamNumbers[] = [];
  for (const row of streams) {
    const tally = tallies.get(row.stream);
    const excluded = Number(row.excluded);
    const rejected = tally ? tally.bad + tally.twin : 0;
    const completeness: Completeness =
      row.completeness === "complete" ? { kind: "complete" } : { kind: row.completeness, reason: row.reason ?? "" };
    const [live] = tally ? [] : await tx.rows<{ count: string }>(countLive(row.stream), [run.sourceId]);
    numbers.push({
      stream: row.stream,
      declared: row.declared === null ? null : Number(row.declared),
      read: (tally?.staged ?? 0) + excluded,
      kept: (tally?.staged ?? 0) - rejected,
      excluded,
      rejected,
      live: tally?.live ?? Number(live?.count ?? 0),
      completeness,
    });
  }
  return numbers;
}

async function keepAllRefused(tx: Tx, run: Run, { tallies }: Compared, { labels, locate }: Settling): Promise<void> {
  for (const [stream, tally] of tallies) {
    if (tally.bad + tally.twin === 0) continue;
    const known = labels.get(stream) ?? [];
    const lines = locate && known.length > 0 ? await locate(stream, await refusedRows(tx, run, stream, LOCATED)) : [];
    await keepRefused(tx, run, stream, known, lines);
  }
}

async function applyAll(tx: Tx, ctx: Ctx, apply: Apply, { tallies, firstGrants }: Compared): Promise<void> {
  const isChanged = (stream: Stream) => {
    const tally = tallies.get(stream);
    return tally !== undefined && tally.new + tally.returned + tally.changed + tally.touched + tally.gone > 0;
  };
  const changed = IN_ORDER.filter(isChanged);
  if (changed.length === 0) return;
  await tx.rows(APPLY_LOCK);
  for (const stream of changed) {
    if (stream !== "grants") await applyRecords(tx, apply, stream);
    else if (!firstGrants) await applyGrants(tx, apply);
  }
  const peopleChanged = changed.includes("people");
  const scope = peopleChanged ? null : apply.run.sourceId;
  if (peopleChanged || changed.includes("identities") || changed.includes("resources")) await resolveOwners(tx, scope);
  if (peopleChanged || changed.includes("identities")) {
    const { exact, mail, digest } = await matchPeople(tx, scope, apply.at);
    if (exact + mail > 0) {
      await recordAudit(tx, ctx, {
        type: "identities.matched",
        subject: { kind: "sync_run", id: apply.run.id, label: apply.run.id },
        data: { runId: apply.run.id, exact, mail, proposed: 0, digest },
      });
    }
  }
  // The attachment locks what grants refer to until the end of the transaction, so it comes late.
  if (firstGrants) await attachGrants(tx, apply.run);
  if (changed.includes("grants")) await refreshClosure(tx, apply.run.id);
}

function changesOf({ tallies }: Compared, onlyAdditions: boolean): ChangesByStream {
  return Object.fromEntries(
    [...tallies].map(([stream, tally]): [Stream, Changes] => {
      const added = tally.new + tally.returned;
      const changed = onlyAdditions ? 0 : tally.changed;
      const kept = tally.staged - tally.bad - tally.twin;
      return [stream, { added, changed, ended: onlyAdditions ? 0 : tally.gone, unchanged: kept - added - changed }];
    }),
  );
}
