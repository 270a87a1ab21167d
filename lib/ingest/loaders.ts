import "server-only";
import { cache } from "react";
import { requireCtx } from "#lib/auth/loaders.ts";
import type { Actor } from "#lib/authz/actor.ts";
import { can } from "#lib/authz/permissions.ts";
import { sourceScope } from "#lib/authz/scope.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import type { Stream } from "#lib/inventory/streams.ts";
import { getRun, getSource, listRejected, listRuns, listSources, type RunView, runDifferences } from "./queries.ts";
import { type RunPageParams, runPageParams } from "./search-params.ts";
import { snapshotOf } from "./snapshot.ts";

export type Search = Record<string, string | string[] | undefined>;

/** What the buttons of these pages may offer. Commands decide again. */
export type SourcePowers = { userId: string | null; canManage: boolean; canSync: boolean; canOverride: boolean };

const powersOf = (actor: Actor): SourcePowers => ({
  userId: actor.kind === "user" ? actor.userId : null,
  canManage: can(actor, "source.manage"),
  canSync: can(actor, "source.sync"),
  canOverride: can(actor, "source.override"),
});

/** null: not open to this person. */
export const loadSources = cache(async () => {
  const { actor, now } = await requireCtx();
  if (!can(actor, "source.read")) return null;
  const rows = await listSources(sourceScope(actor), now);
  const read = rows.filter(({ state }) => state !== "retired");
  const instants = read.map(({ lastAppliedAt }) => lastAppliedAt);
  return {
    rows,
    powers: powersOf(actor),
    freshness: {
      // One that was never read makes the whole unknown.
      syncedAt: instants.includes(null) ? null : ([...instants].sort()[0] ?? null),
      complete: read.filter(({ health, lastAppliedAt }) => lastAppliedAt !== null && (health === "healthy" || health === "running")).length,
      total: read.length,
    },
  };
});

/** Runs that wait for a decision; null: it is not this person who decides. */
export const loadHeldRuns = cache(async () => {
  const { actor } = await requireCtx();
  if (!can(actor, "source.override")) return null;
  const rows = (await loadSources())?.rows ?? [];
  return rows.flatMap(({ id, health, lastRun }) => (health === "held" && lastRun ? [{ sourceId: id, runId: lastRun.id }] : []));
});

/** `powers` null: not open to this person; `source` null: there is none. */
export const loadSource = cache(async (sourceId: string) => {
  const { actor, now } = await requireCtx();
  if (!can(actor, "source.read")) return { powers: null, source: null, runs: null };
  const scope = sourceScope(actor);
  const source = await orNull(getSource(scope, sourceId, now));
  const runs = source ? await listRuns(scope, { sourceId }) : { rows: [], next: null };
  return { powers: powersOf(actor), source, runs: { rows: runs.rows, nextCursor: runs.next } };
});

/** A long list in the middle of a page would keep a phone from its end. */
const LATEST = 8;
export const latestOf = <Row>({ rows }: { rows: Row[] }) => ({ rows: rows.slice(0, LATEST), nextCursor: null });

export const loadRun = cache(async (runId: string) => {
  const { actor } = await requireCtx();
  if (!can(actor, "source.read")) return { powers: null, run: null };
  return { powers: powersOf(actor), run: await orNull(getRun(sourceScope(actor), runId)) };
});

export type RunRows = Awaited<ReturnType<typeof loadRunRows>>;

/** The first window of what a run changed or of what it refused, as the URL asks or as is most telling. */
export async function loadRunRows(run: RunView, search: Search) {
  const { actor } = await requireCtx();
  const scope = sourceScope(actor);
  const asked = runPageParams.parse(search);
  const shown = shownDifferences(run, asked);
  const hasRejected = run.streams.some(({ rejected }) => rejected !== "0");
  const isRejected = hasRejected && (shown === null || asked.show === "rejected");
  if (isRejected) {
    const { rows, next } = await listRejected(scope, { runId: run.id, stream: asked.rejected });
    return { kind: "rejected" as const, hasOther: shown !== null, stream: asked.rejected ?? null, first: { rows, nextCursor: next } };
  }
  if (shown === null) return { kind: "none" as const };
  const { rows, next } = await runDifferences(scope, { runId: run.id, ...shown });
  return { kind: "differences" as const, hasOther: hasRejected, shown, first: { rows, nextCursor: next } };
}

const KINDS = ["added", "changed", "ended"] as const;

/** Grants first, then whatever changed at all; null where the run changed nothing, or has not. */
function shownDifferences(run: RunView, { kind, stream }: RunPageParams): { stream: Stream; kind: (typeof KINDS)[number] } | null {
  if (run.state !== "APPLIED") return null;
  const streams = run.streams.map((each) => each.stream);
  const changed = (each: Stream, which: (typeof KINDS)[number]) => (run.changes[each]?.[which] ?? 0) > 0;
  const ordered = [...streams].sort((one, other) => Number(other === "grants") - Number(one === "grants"));
  const found = stream && streams.includes(stream) ? stream : ordered.find((each) => KINDS.some((which) => changed(each, which)));
  if (!found) return null;
  return { stream: found, kind: kind ?? KINDS.find((which) => changed(found, which)) ?? "added" };
}

async function orNull<T>(found: Promise<T>): Promise<T | null> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof DomainError && error.code === "NOT_FOUND") return null;
    throw error;
  }
}

/** How far a run is now; the page then asks again by itself. */
export async function loadRunningSnapshot(runId: string) {
  const { actor, now } = await requireCtx();
  const run = await orNull(getRun(sourceScope(actor), runId));
  return run?.state === "RUNNING" ? snapshotOf(run, now) : null;
}
