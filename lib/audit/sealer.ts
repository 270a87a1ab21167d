import "server-only";
import type { PoolClient } from "pg";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { sealerPool } from "#lib/db/pool.ts";
import { pgTx, type Tx } from "#lib/db/tx.ts";
import { noteKeyId, signCheckpoint } from "./checkpoint.ts";
import {
  findCheckpoint,
  insertCheckpoint,
  insertLeaves,
  latestCheckpoint,
  nodeReader,
  type StoredCheckpoint,
  sealedSize,
  unsealedEvents,
} from "./log.sql.ts";
import { appendLeaves, eventLeafHash, rootAt } from "./merkle.ts";
import { instanceOrigin, instanceSigner } from "./signing-key.ts";

const BATCH = 5_000;
const CHECKPOINT_EVERY_LEAVES = 10_000;
const CHECKPOINT_EVERY_MS = 60_000;
/** One sealer at a time over all processes; the others find the lock taken and come back later. */
const SEALER_LOCK = 0x5ea1;

/** One transaction of the sealer's role under its lock; null where another process holds it. */
async function asSealer<T>(body: (tx: Tx) => Promise<T>, options: { wait: boolean }): Promise<T | null> {
  const client: PoolClient = await sealerPool().connect();
  let broken: Error | undefined;
  try {
    await client.query("BEGIN");
    const locked = options.wait
      ? await client.query("SELECT true AS taken, pg_advisory_xact_lock($1)", [SEALER_LOCK])
      : await client.query<{ taken: boolean }>("SELECT pg_try_advisory_xact_lock($1) AS taken", [SEALER_LOCK]);
    const result = locked.rows[0]?.taken ? await body(pgTx(client)) : null;
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch((failure: Error) => {
      broken = failure;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/**
 * Gives every visible event without a leaf its place in the tree, in batches, each its own transaction. Leaf order is seal order, so there
 * are no gaps and no writer waits. `sweep` looks at the whole log instead of its end. Answers how many leaves were added.
 */
export async function sealPending(ctx: Ctx, options: { sweep: boolean; wait?: boolean }): Promise<number> {
  authorize(ctx.actor, "audit.seal");
  let added = 0;
  for (;;) {
    const batch = await asSealer((tx) => sealBatch(tx, options.sweep), { wait: options.wait ?? false });
    added += batch ?? 0;
    if (batch === null || batch < BATCH) return added;
  }
}

async function sealBatch(tx: Tx, sweep: boolean): Promise<number> {
  const events = await unsealedEvents(tx, { sweep, limit: BATCH });
  if (events.length === 0) return 0;
  const size = await sealedSize(tx);
  const { nodes } = await appendLeaves(nodeReader(tx), size, events.map(eventLeafHash));
  await insertLeaves(
    tx,
    size,
    events.map(({ eventId }) => eventId),
    nodes,
  );
  return events.length;
}

/** Signs a checkpoint where the last one is a minute or 10,000 leaves behind and something was sealed since. */
export async function checkpointWhenDue(ctx: Ctx): Promise<StoredCheckpoint | null> {
  authorize(ctx.actor, "audit.seal");
  return asSealer(
    async (tx) => {
      const size = await sealedSize(tx);
      const latest = await latestCheckpoint(tx);
      const behind = size - Number(latest?.treeSize ?? 0);
      const isOld = !latest || ctx.now.getTime() - Date.parse(latest.signedAt) >= CHECKPOINT_EVERY_MS;
      return behind > 0 && (isOld || behind >= CHECKPOINT_EVERY_LEAVES) ? signAt(tx, size) : null;
    },
    { wait: false },
  );
}

/** Seals all that is visible now and signs a checkpoint over it: what an export stands on. */
export async function checkpointNow(ctx: Ctx): Promise<StoredCheckpoint> {
  await sealPending(ctx, { sweep: true, wait: true });
  const signed = await asSealer(async (tx) => signAt(tx, await sealedSize(tx)), { wait: true });
  if (!signed) throw new Error("The sealer's lock was not given.");
  return signed;
}

async function signAt(tx: Tx, size: number): Promise<StoredCheckpoint> {
  const existing = await findCheckpoint(tx, size);
  if (existing) return existing;
  const signer = await instanceSigner(tx);
  const root = await rootAt(nodeReader(tx), size);
  const note = signCheckpoint({ origin: await instanceOrigin(tx), size, root }, signer);
  await insertCheckpoint(tx, { size, root, note, keyId: noteKeyId(signer) });
  const stored = await findCheckpoint(tx, size);
  if (!stored) throw new Error("The checkpoint was not stored.");
  return stored;
}
