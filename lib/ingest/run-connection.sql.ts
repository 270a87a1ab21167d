import "server-only";
import type { PoolClient } from "pg";
import type { Ctx } from "#lib/authz/ctx.ts";
import { inPgTransaction } from "#lib/db/pg-transaction.ts";
import { copyPool } from "#lib/db/pool.ts";
import type { PgTx } from "#lib/db/tx.ts";

/**
 * The one connection that a run is worked on. It holds the source's advisory lock for as long as it lives: a killed worker's lock is gone
 * with its connection, two workers never share a source, and whoever has lost the connection can change nothing any more.
 */
export type RunConnection = {
  /** One transaction on this connection; the Ctx carries it, so that commands join. */
  transact<T>(ctx: Ctx, body: (tx: PgTx, ctx: Ctx) => Promise<T>): Promise<T>;
  /**
   * As transact, for staging: its commit waits for no disk. A crash that takes the last of it takes the unlogged rows too, and the ledger
   * that is left then says so.
   */
  stage<T>(ctx: Ctx, body: (tx: PgTx, ctx: Ctx) => Promise<T>): Promise<T>;
  /** The server or the network ended it: the run has not failed, and may be resumed on another one. */
  isLost(): boolean;
};

/** null when another process has the source in hand. */
export async function withSourceLock<T>(sourceId: string, body: (connection: RunConnection) => Promise<T>): Promise<T | null> {
  const client = await copyPool().connect();
  let broken: Error | undefined;
  const onError = (error: Error) => {
    broken = error;
  };
  client.on("error", onError);
  try {
    const { rows } = await client.query<{ locked: boolean }>("SELECT pg_try_advisory_lock(hashtextextended($1::text, 7)) AS locked", [
      `source ${sourceId}`,
    ]);
    if (!rows[0]?.locked) return null;
    try {
      return await body({
        transact: (ctx, work) => inTransaction(client, ctx, "BEGIN", work),
        stage: (ctx, work) => inTransaction(client, ctx, "BEGIN; SET LOCAL synchronous_commit = off", work),
        isLost: () => broken !== undefined,
      });
    } finally {
      await client.query("SELECT pg_advisory_unlock(hashtextextended($1::text, 7))", [`source ${sourceId}`]).catch(onError);
    }
  } finally {
    client.off("error", onError);
    client.release(broken);
  }
}

function inTransaction<T>(client: PoolClient, ctx: Ctx, begin: string, body: (tx: PgTx, ctx: Ctx) => Promise<T>): Promise<T> {
  // A rollback that fails leaves the connection in doubt; the lock's release fails too then, and the pool drops it.
  return inPgTransaction(
    client,
    begin,
    (tx) => body(tx, { ...ctx, tx: { kind: "pg", tx } }),
    () => {},
  );
}
