import "server-only";
import type pg from "pg";
import type { Ctx } from "#lib/authz/ctx.ts";
import { inPgTransaction } from "./pg-transaction.ts";
import { appPool, asidePool, copyPool } from "./pool.ts";
import { type PrismaTransaction, prisma } from "./prisma.ts";
import { type PgTx, type Row, type StatementOptions, statement, type Tx } from "./tx.ts";

/** Either form of an open transaction, as a Ctx carries it so that commands compose. */
export type OpenTx = { kind: "pg"; tx: PgTx } | { kind: "prisma"; tx: Tx; prisma: PrismaTransaction };

const prismaTx = (client: PrismaTransaction): Tx => ({
  rows: <R extends Row>(sql: string, values: readonly unknown[] = []) => client.$queryRawUnsafe<R[]>(sql, ...values),
});

/**
 * The default: one Prisma transaction with the Tx port on the same connection. Joins ctx.tx. Not for the hot and the long
 * (it gives up after 5 s without cancelling the statement): those take transactPg.
 */
export async function transact<T>(ctx: Ctx, body: (open: { prisma: PrismaTransaction; tx: Tx; ctx: Ctx }) => Promise<T>): Promise<T> {
  if (ctx.tx) {
    if (ctx.tx.kind === "pg")
      throw new Error("transact cannot join a pg transaction: give the caller transact, or this command transactPg");
    return body({ prisma: ctx.tx.prisma, tx: ctx.tx.tx, ctx });
  }
  return prisma().$transaction(async (client) => {
    const tx = prismaTx(client);
    return body({ prisma: client, tx, ctx: { ...ctx, tx: { kind: "prisma", tx, prisma: client } } });
  });
}

/** One pg transaction: a decision, a freeze, a reconcile. Joins ctx.tx of either form. */
export async function transactPg<T>(ctx: Ctx, body: (tx: Tx, ctx: Ctx) => Promise<T>): Promise<T> {
  if (ctx.tx) return body(ctx.tx.tx, ctx);
  return withPgTransaction((tx) => body(tx, { ...ctx, tx: { kind: "pg", tx } }));
}

/** As transactPg, for bodies that COPY: refuses to join a Prisma transaction. */
export async function transactCopy<T>(ctx: Ctx, body: (tx: PgTx, ctx: Ctx) => Promise<T>): Promise<T> {
  if (ctx.tx) {
    if (ctx.tx.kind !== "pg") throw new Error("COPY needs a pg transaction");
    return body(ctx.tx.tx, ctx);
  }
  return withPgTransaction((tx) => body(tx, { ...ctx, tx: { kind: "pg", tx } }), copyPool());
}

/** One pg transaction beside the caller's, for what is kept although the caller is refused and rolls back. Never joins ctx.tx. */
export async function transactAside<T>(ctx: Ctx, body: (tx: Tx, ctx: Ctx) => Promise<T>): Promise<T> {
  return withPgTransaction((tx) => body(tx, { ...ctx, tx: { kind: "pg", tx } }), asidePool());
}

async function withPgTransaction<T>(body: (tx: PgTx) => Promise<T>, pool = appPool()): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    return await inPgTransaction(client, "BEGIN", body, (failure) => {
      broken = failure;
    });
  } finally {
    client.release(broken);
  }
}

const onPool = (pool: () => pg.Pool): Tx => ({
  rows: async <R extends Row>(sql: string, values?: readonly unknown[], options?: StatementOptions) =>
    (await pool().query<R>(statement(sql, values, options))).rows,
});

/** Reads outside a transaction, on the app's pool. For queries.ts and jobs. */
export const reader: Tx = onPool(appPool);
/** One statement that commits at once, while the caller holds a transaction of its own. */
export const aside: Tx = onPool(asidePool);
