import type pg from "pg";

/** What a call leaves behind although it changed nothing: that it was made, by whom it was confirmed, and what it was answered. */
const OF_THE_CALL = ["idempotency_keys", "step_ups", "sign_in_attempts", "_prisma_migrations"];
/** When somebody was last seen is noted beside the call. */
const SEEN = ["last_seen_at", "last_used_at"];

export type Digests = Readonly<Record<string, string>>;

/** One digest for each table's rows, as the superuser sees them, and for the queue's jobs: to say which tables a call changed. */
export async function tableDigests(admin: pg.Client, without: readonly string[] = []): Promise<Digests> {
  const { rows: tables } = await admin.query<{ name: string }>(
    `SELECT c.oid::regclass::text AS name FROM pg_class c WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
       AND (c.relnamespace = 'public'::regnamespace OR c.oid = 'jobs.job'::regclass) ORDER BY 1`,
  );
  const wanted = tables.map(({ name }) => name).filter((name) => ![...OF_THE_CALL, ...without].includes(name));
  const seen = SEEN.map((column) => `- '${column}'`).join(" ");
  const one = (name: string) =>
    `SELECT '${name}' AS name, coalesce(md5(string_agg(md5((to_jsonb(t) ${seen})::text), '' ORDER BY md5((to_jsonb(t) ${seen})::text))), '') AS digest FROM ${name} t`;
  const { rows } = await admin.query<{ name: string; digest: string }>(wanted.map(one).join(" UNION ALL "));
  return Object.fromEntries(rows.map(({ name, digest }) => [name, digest]));
}

export const changedBetween = (before: Digests, after: Digests): string[] =>
  Object.keys({ ...before, ...after }).filter((name) => before[name] !== after[name]);
