import type { ClientBase } from "pg";

export type Row = Record<string, unknown>;

/**
 * The one port that audit, jobs and set-based SQL speak to, made from a Prisma transaction or from a pg client.
 * Cast every parameter in the SQL ($1::uuid): Prisma's side cannot guess types. bigint columns come back as text.
 */
export interface Tx {
  rows<R extends Row = Row>(sql: string, values?: readonly unknown[], options?: { name?: string }): Promise<R[]>;
}

/** The pg form: also gives the client, for COPY. */
export interface PgTx extends Tx {
  readonly client: ClientBase;
}

/** `name` makes it a prepared statement of the connection: for the hot ones. */
export function pgTx(client: ClientBase): PgTx {
  return {
    client,
    rows: async <R extends Row>(sql: string, values: readonly unknown[] = [], options: { name?: string } = {}) => {
      const query = { text: sql, values: [...values], ...(options.name ? { name: options.name } : {}) };
      return (await client.query<R>(query)).rows;
    },
  };
}
