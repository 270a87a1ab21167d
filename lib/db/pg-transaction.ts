import "server-only";
import type { PoolClient, QueryResult } from "pg";
import { type PgTx, type Row, type StatementOptions, statement } from "./tx.ts";

/**
 * One transaction on a connection. On one that pipelines, what needs no answer first travels together: BEGIN with an early statement, statements
 * that are awaited together, the last one with COMMIT. A short transaction is mostly the waiting for its packets.
 * `onLost` hears of a rollback that failed: the connection is in doubt then.
 */
export async function inPgTransaction<T>(
  client: PoolClient,
  begin: string,
  body: (tx: PgTx) => Promise<T>,
  onLost: (failure: Error) => void,
): Promise<T> {
  const lasts: ReturnType<typeof statement>[] = [];
  inOnePacket(client);
  const begun = client.query(begin);
  begun.catch(() => undefined); // thrown below
  const tx: PgTx = {
    client,
    rows: async <R extends Row>(sql: string, values?: readonly unknown[], options?: StatementOptions) => {
      // Were BEGIN refused alone (cancelled, no memory), a statement behind it would stand at once and by itself.
      if (!(options?.early && client.pipeline)) await begun;
      inOnePacket(client);
      return (await client.query<R>(statement(sql, values, options))).rows;
    },
    last: (sql, values, options) => void lasts.push(statement(sql, values, options)),
  };
  try {
    const result = await body(tx);
    await begun;
    await commit(client, lasts);
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch(onLost);
    throw error;
  }
}

/** COMMIT behind a statement that failed rolls back, so it need not wait to see. It says so itself, and nobody may take that for done. */
async function commit(client: PoolClient, lasts: readonly ReturnType<typeof statement>[]): Promise<void> {
  inOnePacket(client);
  const sent: Promise<QueryResult>[] = lasts.map((each) => client.query(each));
  const ended = (await Promise.all([...sent, client.query("COMMIT")])).at(-1);
  if (ended?.command !== "COMMIT")
    throw new Error("The transaction was rolled back: a statement in it had failed, and nobody had listened.");
}

/** What is sent from here to the end of this turn leaves in one write: PostgreSQL is woken once for it. */
function inOnePacket({ connection: { stream } }: PoolClient): void {
  stream.cork();
  process.nextTick(() => stream.uncork());
}
