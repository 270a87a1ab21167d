import "server-only";
import { type Completeness, type Cursor, type Page, SourceError } from "#lib/connectors/contract.ts";
import type { Stream } from "#lib/inventory/streams.ts";
import { FRESH, isRawCursor, type Progress, progressOf, type Reading, writeProgress } from "./progress.sql.ts";
import { stageRawFiles } from "./raw-files.sql.ts";
import { agrees, copyPage, type LedgerPage, ledgerOf, openStaging, recordPage, stagedDigests, stagedPages } from "./stage.sql.ts";

/** Stages one stream, from where an earlier attempt at the same run stopped, or from page 1 where staging is not what the ledger says. */
export async function readStream(reading: Reading, stream: Stream): Promise<void> {
  const { connection, ctx, runId } = reading;
  const kept = await connection.stage(ctx, async (tx) => {
    const ledger = await ledgerOf(tx, runId, stream);
    const isSound =
      ledger.length > 0 &&
      agrees(ledger, await stagedPages(tx, runId, stream)) &&
      (await hasDigests(ledger, () => stagedDigests(tx, runId, stream)));
    if (isSound) return { ledger, progress: await progressOf(tx, runId, stream, ledger) };
    await openStaging(tx, runId, stream);
    await writeProgress(tx, reading, stream, FRESH);
    return { ledger: [], progress: FRESH };
  });
  const last = kept.ledger.at(-1);
  if (last && last.next === null) return;
  const raw = await reading.rawFiles(stream);
  if (raw && (await stageRawFiles(reading, stream, raw, kept.ledger))) return;
  // Pages cannot follow rows of a file that were staged whole: an attempt at those left none, or the stream starts again.
  if (kept.ledger.some(({ cursor }) => isRawCursor(cursor))) {
    await connection.stage(ctx, (tx) => openStaging(tx, runId, stream));
    return readPages(reading, stream, [], FRESH);
  }
  return readPages(reading, stream, kept.ledger, kept.progress);
}

/** A file staged whole is one page whose digest is that of its bytes; its count, which agreed, is what a crash would have taken. */
async function hasDigests(ledger: readonly LedgerPage[], digests: () => Promise<Map<number, string>>): Promise<boolean> {
  const pages = ledger.filter(({ cursor, rows }) => !isRawCursor(cursor) && rows > 0);
  if (pages.length === 0) return true;
  const found = await digests();
  return pages.every(({ page, digest }) => found.get(page) === digest);
}

async function readPages(reading: Reading, stream: Stream, ledger: readonly LedgerPage[], progress: Progress): Promise<void> {
  const { connection, ctx, runId, connector, signal, heartbeat } = reading;
  const seen = new Set<Cursor>(ledger.flatMap(({ cursor, next }) => [cursor, next]));
  let cursor = ledger.at(-1)?.next ?? null;
  let state = progress;
  do {
    signal.throwIfAborted();
    const page = checkedPage(await connector.read(stream, cursor, signal), stream, state.pages + 1);
    if (page.next !== null && seen.has(page.next)) {
      throw new SourceError(
        `${stream}, page ${state.pages + 1}: the source gave a page token that it had given before, so it would never end. Nothing was applied.`,
      );
    }
    seen.add(page.next);
    state = after(state, page);
    const line = { page: state.pages, cursor, next: page.next, rows: page.records.length };
    const written = state;
    await connection.stage(ctx, async (tx) => {
      const digest = await copyPage(tx, runId, stream, line.page, page.records);
      await recordPage(tx, runId, stream, { ...line, digest });
      await writeProgress(tx, reading, stream, written);
    });
    heartbeat.beat();
    cursor = page.next;
  } while (cursor !== null);
}

/** Whatever crosses from a connector is checked: one that breaks its contract breaks its run, not the inventory. */
function checkedPage(page: Page, stream: Stream, number: number): Page {
  const isSound =
    Array.isArray(page?.records) &&
    (page.next === null || typeof page.next === "string") &&
    page.records.every((record) => record !== null && typeof record === "object" && Object.values(record).every(isTextOrNull));
  if (!isSound) throw new SourceError(`${stream}, page ${number}: the page is broken. Nothing was applied.`);
  return page;
}

const isTextOrNull = (value: unknown): boolean => value === null || value === undefined || typeof value === "string";

function after(state: Progress, page: Page): Progress {
  const excludedBy = { ...state.excludedBy };
  for (const [rule, count] of Object.entries(page.excluded ?? {})) excludedBy[rule] = (excludedBy[rule] ?? 0) + count;
  const rows = state.rows + page.records.length;
  return { rows, pages: state.pages + 1, excludedBy, completeness: worse(state, page, rows) };
}

/** A stream that gave rows and then no more is partial, whatever the source calls it. */
function worse(state: Progress, page: Page, rows: number): Completeness {
  if (page.completeness.kind === "complete" || state.completeness.kind !== "complete") return state.completeness;
  const isNothing = page.completeness.kind === "unavailable" && rows === 0 && state.pages === 0 && page.next === null;
  return isNothing ? page.completeness : { kind: "partial", reason: page.completeness.reason };
}
