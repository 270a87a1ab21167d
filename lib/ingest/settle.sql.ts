import "server-only";
import { createHash } from "node:crypto";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import type { Completeness } from "#lib/connectors/contract.ts";
import type { Tx } from "#lib/db/tx.ts";
import { refreshClosure } from "#lib/inventory/closure.sql.ts";
import { type Matched, matchNewIdentities, matchPeople } from "#lib/inventory/matching.sql.ts";
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
  type Tally,
  trusting,
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
import { agrees, differenceTable, dropDifferences, ledgerOf, stagedPages, streamDigest } from "./stage.sql.ts";
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

type Compared = {
  staged: Map<Stream, { isComplete: boolean; rows: number; hasTwins: boolean }>;
  tallies: Map<Stream, Tally>;
  firstGrants: boolean;
};

/**
 * From staged rows to the end of the run, in the caller's one transaction: compare, gate, and then either the live inventory with its
 * history, closure, owners, matches and the word to everyone else, or nothing but a held run. The caller holds the source's lock.
 */
export async function settleRun(tx: Tx, ctx: Ctx, row: RunRow, settling: Settling): Promise<RunOutcome> {
  const run: Run = { id: row.id, sourceId: row.sourceId };
  await tx.rows("SELECT set_config('TimeZone', 'UTC', true), set_config('work_mem', '128MB', true)");
  const streams = await streamsOfRun(tx, run.id);
  const digests = await checkedReads(tx, run, streams, settling.override !== null);
  await planFor(tx, Math.max(0, ...[...digests.values()].map(({ rows }) => rows)), MANY_STAGED);
  const compared = await compareAll(tx, run, streams, digests);
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

/**
 * Tables that a run has just filled have no statistics, and a planner that expects a few rows loops over many. From so many rows on a hash
 * join is never wrong; below, an index may find them faster.
 */
const planFor = (tx: Tx, rows: number, many: number) =>
  tx.rows("SELECT set_config('enable_nestloop', $1::text, true), set_config('enable_mergejoin', $1::text, true)", [
    rows > many ? "off" : "on",
  ]);
const MANY_STAGED = 5_000;
const MANY_CHANGED = 50_000;

type Read = { raw: string; digest: string; rows: number };

/** What was read, by stream; throws StagingLost. A held run's staging is logged, and its pages were checked when it was held. */
async function checkedReads(tx: Tx, run: Run, streams: readonly StreamRow[], isHeld: boolean): Promise<Map<Stream, Read>> {
  const reads = new Map<Stream, Read>();
  for (const { stream, completeness, excluded } of streams) {
    if (completeness === "unavailable") continue;
    const ledger = await ledgerOf(tx, run.id, stream);
    if (!isHeld && (ledger.length === 0 || !agrees(ledger, await stagedPages(tx, run.id, stream)))) throw new StagingLost(stream);
    const raw = streamDigest(ledger);
    const rows = ledger.reduce((sum, page) => sum + page.rows, 0);
    reads.set(stream, { raw, rows, digest: sha256(`${stream} ${raw} ${excluded} ${completeness}`) });
  }
  return reads;
}

const digestOf = (digests: StreamDigests): string =>
  sha256(
    [...digests]
      .map(([stream, { digest }]) => `${stream} ${digest}\n`)
      .sort()
      .join(""),
  );

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

async function compareAll(tx: Tx, run: Run, streams: readonly StreamRow[], reads: ReadonlyMap<Stream, Read>): Promise<Compared> {
  const staged: Compared["staged"] = new Map();
  const tallies = new Map<Stream, Tally>();
  let firstGrants = false;
  for (const stream of IN_ORDER) {
    const rows = reads.get(stream)?.rows;
    if (rows === undefined) continue;
    const isComplete = streams.some((row) => row.stream === stream && row.completeness === "complete");
    staged.set(stream, { isComplete, rows, hasTwins: false });
    await tx.rows("SELECT open_difference($1::uuid, $2::text)", [run.id, stream]);
    if (stream === "grants" && rows > 0 && !(await hasGrantsPartition(tx, run.sourceId))) {
      firstGrants = true;
      tallies.set(stream, await trusting(tx, (trust) => loadGrants(tx, run, staged, trust)));
    } else tallies.set(stream, await compareStream(tx, run, stream, staged));
  }
  return { staged, tallies, firstGrants };
}

async function compareStream(tx: Tx, run: Run, stream: Stream, staged: Compared["staged"]): Promise<Tally> {
  const compare = () =>
    trusting(tx, (trust) => (stream === "grants" ? compareGrants(tx, run, staged, trust) : compareRecords(tx, run, stream, staged, trust)));
  const tally = await compare();
  const known = staged.get(stream);
  if (!known || !(await mayHaveTwins(tx, run, stream, tally, known.isComplete)) || (await markTwins(tx, run, stream)) === 0) return tally;
  staged.set(stream, { ...known, hasTwins: true });
  return compare();
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
  const { run, at } = apply;
  const touches = (stream: Stream, count: (tally: Tally) => number) => {
    const tally = tallies.get(stream);
    return tally !== undefined && count(tally) > 0;
  };
  const changed = IN_ORDER.filter((stream) =>
    touches(stream, (tally) => tally.new + tally.returned + tally.changed + tally.touched + tally.gone),
  );
  if (changed.length === 0) return;
  await tx.rows(APPLY_LOCK);
  const sizes = [...tallies.values()].map(({ new: added, changed: other, touched, gone }) => added + other + touched + gone);
  await planFor(tx, Math.max(...sizes), MANY_CHANGED);
  const matched: Matched[] = [];
  for (const stream of changed) {
    if (stream === "identities" && touches(stream, (tally) => tally.new)) {
      matched.push(await matchNewIdentities(tx, differenceTable(run.id, stream), "op = 'new'", at));
    }
    const tally = tallies.get(stream);
    if (!tally) continue;
    if (stream !== "grants") await applyRecords(tx, apply, stream, tally);
    else if (!firstGrants) await applyGrants(tx, apply, tally);
  }
  const grown = changed.filter((stream) => stream !== "grants" && touches(stream, (tally) => Math.max(0, tally.new - GROWN)));
  if (grown.length > 0) await tx.rows("SELECT analyze_inventory($1::uuid, $2::text[])", [run.sourceId, grown]);
  const scope = changed.includes("people") ? null : run.sourceId;
  if (scope === null || changed.includes("identities") || changed.includes("resources")) await resolveOwners(tx, scope);
  if (scope === null || changed.includes("identities")) matched.push(await matchPeople(tx, scope, at));
  await recordMatches(tx, ctx, run, matched);
  // The attachment locks what grants refer to until the end of the transaction, so it comes late.
  if (firstGrants) {
    await attachGrants(tx, run);
    await tx.rows("SELECT analyze_inventory($1::uuid, ARRAY['grants'])", [run.sourceId]);
  }
  if (changed.includes("grants")) await refreshClosure(tx, run.id);
}

/** So many new rows of a stream are told to the planner at once: it would plan for what was there before. */
const GROWN = 1_000;

async function recordMatches(tx: Tx, ctx: Ctx, run: Run, matched: readonly Matched[]): Promise<void> {
  for (const { exact, mail, digest } of matched) {
    if (exact + mail === 0) continue;
    await recordAudit(tx, ctx, {
      type: "identities.matched",
      subject: { kind: "sync_run", id: run.id, label: run.id },
      data: { runId: run.id, exact, mail, proposed: 0, digest },
    });
  }
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
