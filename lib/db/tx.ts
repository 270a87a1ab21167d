import type { ClientBase } from "pg";

export type Row = Record<string, unknown>;

export type StatementOptions = {
  /** Makes it a prepared statement of the connection: for the hot ones. */
  name?: string;
  /** May be sent together with BEGIN: a first statement that would change nothing that counts if BEGIN alone were refused. */
  early?: boolean;
};

/**
 * The one port that audit, jobs and set-based SQL speak to, made from a Prisma transaction or from a pg client.
 * Cast every parameter in the SQL ($1::uuid): Prisma's side cannot guess types. bigint columns come back as text.
 */
export interface Tx {
  rows<R extends Row = Row>(sql: string, values?: readonly unknown[], options?: StatementOptions): Promise<R[]>;
  /** The transaction's last statement, sent together with COMMIT where that can be. What it fails with, the transaction does. */
  last?(sql: string, values: readonly unknown[], options: StatementOptions): void;
}

/** The pg form: also gives the client, for COPY. */
export interface PgTx extends Tx {
  readonly client: ClientBase;
}

export const statement = (text: string, values: readonly unknown[] = [], { name }: StatementOptions = {}) => ({
  text,
  values: [...values],
  ...(name ? { name } : {}),
});

/** Statements on a connection whose transaction somebody else begins and ends. */
export const pgTx = (client: ClientBase): PgTx => ({
  client,
  rows: async <R extends Row>(sql: string, values?: readonly unknown[], options?: StatementOptions) =>
    (await client.query<R>(statement(sql, values, options))).rows,
});
