import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import { liveColumns, type Trust } from "./columns.ts";
import { markTwins, type Run, resolvedGrants, type Staged, type Tally } from "./difference.sql.ts";
import { hexOf } from "./literals.ts";
import { differenceTable } from "./stage.sql.ts";

const heapOf = (sourceId: string): string => `grants_${hexOf(sourceId)}`;

export async function hasGrantsPartition(tx: Tx, sourceId: string): Promise<boolean> {
  const [row] = await tx.rows<{ has: boolean }>("SELECT has_grants_partition($1::uuid) AS has", [sourceId]);
  return row?.has === true;
}

/**
 * The comparison of a source's first grants: against nothing live, so the sound ones go straight into the heap that will be attached. It
 * trusts first and checks by count and by the key's own index; only a file with a bad record pays for finding it.
 */
export async function loadGrants(tx: Tx, run: Run, staged: Staged, trust: Trust): Promise<Tally> {
  const total = staged.get("grants")?.rows ?? 0;
  const tally = { staged: total, live: 0, new: 0, returned: 0, changed: 0, touched: 0, gone: 0, bad: 0, twin: 0 };
  tally.new = await fillHeap(tx, run, staged, trust);
  if (tally.new < total) tally.bad = await listBad(tx, run, staged, trust);
  if (!(await keyHeap(tx, run))) {
    tally.twin = await markTwins(tx, run, "grants");
    const passedOver: Staged = new Map([...staged, ["grants", { isComplete: true, rows: total, hasTwins: true }]]);
    tally.new = await fillHeap(tx, run, passedOver, trust);
    tally.bad = await listBad(tx, run, passedOver, trust);
    if (!(await keyHeap(tx, run))) throw new Error("two grants with one key after twins were refused");
  }
  return tally;
}

/** Attaches the heap: from here on, within the transaction, the grants are live. Last of all writes: it locks what its keys refer to. */
export const attachGrants = (tx: Tx, run: Run) => tx.rows("SELECT attach_grants_heap($1::uuid)", [run.sourceId]);
export const dropGrantsHeap = (tx: Tx, run: Run) => tx.rows("SELECT drop_grants_heap($1::uuid)", [run.sourceId]);

async function keyHeap(tx: Tx, run: Run): Promise<boolean> {
  const [row] = await tx.rows<{ keyed: boolean }>("SELECT key_grants_heap($1::uuid) AS keyed", [run.sourceId]);
  return row?.keyed === true;
}

async function fillHeap(tx: Tx, run: Run, staged: Staged, trust: Trust): Promise<number> {
  await tx.rows("SELECT open_grants_heap($1::uuid)", [run.sourceId]);
  const live = liveColumns("grants");
  await tx.rows(
    `WITH seed AS MATERIALIZED (SELECT left(uuid7()::text, 19) AS prefix, (random() * 9e15)::bigint AS salt)
     INSERT INTO ${heapOf(run.sourceId)} (id, source_id, holder_kind, holder_id, entitlement_id, ${live.map(({ name }) => name).join(", ")}, opened_run_id)
     SELECT ${CHEAP_ID}, $1::uuid, s.holder_kind, s.holder_id, s.entitlement_id, ${live.map(({ value }) => value).join(", ")}, $2::uuid
     FROM (${resolvedGrants(run, staged, trust)}) s WHERE s.problem IS NULL`,
    [run.sourceId, run.id],
  );
  return countRows(tx, heapOf(run.sourceId));
}

async function countRows(tx: Tx, table: string): Promise<number> {
  const [row] = await tx.rows<{ count: string }>(`SELECT count(*)::text AS count FROM ${table}`);
  return Number(row?.count ?? 0);
}

/**
 * A version 7 UUID whose last 62 bits are a salted hash of the key: asking the system for randomness a million times costs more than all
 * the rest of the row.
 */
const CHEAP_ID = `((SELECT prefix FROM seed) || to_hex(
  (uuid_hash_extended(s.holder_id, uuid_hash_extended(s.entitlement_id, (SELECT salt FROM seed))) & x'3fffffffffffffff'::bigint) | x'8000000000000000'::bigint))::uuid`;

async function listBad(tx: Tx, run: Run, staged: Staged, trust: Trust): Promise<number> {
  const difference = differenceTable(run.id, "grants");
  await tx.rows(`DELETE FROM ${difference} WHERE op = 'bad'`);
  await tx.rows(
    `INSERT INTO ${difference} (op, page, place, problem)
     SELECT 'bad', s.page, s.place, s.problem FROM (${resolvedGrants(run, staged, trust)}) s WHERE s.problem IS NOT NULL AND $1::uuid IS NOT NULL`,
    [run.sourceId],
  );
  return countRows(tx, `${difference} WHERE op = 'bad'`);
}
