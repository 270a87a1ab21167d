import pg from "pg";
import type { MigrationList } from "./schema-engine.ts";
import { checksumOf } from "./schema-engine.ts";

export type AppliedMigration = { name: string; checksum: string; state: "applied" | "unfinished" };

export type Verdict =
  | { kind: "unknown"; name: string } // the database was migrated by a newer version
  | { kind: "edited"; name: string }
  | { kind: "go"; unfinished: string[]; pending: string[] };

/** What may be done, given what the database says was applied and what lies on disk. */
export function judgeHistory(applied: readonly AppliedMigration[], onDisk: ReadonlyMap<string, string>): Verdict {
  for (const { name, checksum, state } of applied) {
    if (state !== "applied") continue;
    const ours = onDisk.get(name);
    if (ours === undefined) return { kind: "unknown", name };
    if (ours !== checksum) return { kind: "edited", name };
  }
  const done = new Set(applied.filter(({ state }) => state === "applied").map(({ name }) => name));
  return {
    kind: "go",
    unfinished: applied.filter(({ state }) => state === "unfinished").map(({ name }) => name),
    pending: [...onDisk.keys()].filter((name) => !done.has(name)),
  };
}

/** Rows of Prisma's own table that still count; an empty list where the database was never migrated. */
export async function appliedMigrations(client: pg.ClientBase): Promise<AppliedMigration[]> {
  const { rows: found } = await client.query("SELECT to_regclass('public._prisma_migrations') IS NOT NULL AS made");
  if (!found[0]?.made) return [];
  const { rows } = await client.query<AppliedMigration>(
    `SELECT migration_name AS name, checksum, CASE WHEN finished_at IS NULL THEN 'unfinished' ELSE 'applied' END AS state
     FROM public._prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at`,
  );
  return rows;
}

export function checksums(migrations: MigrationList): Map<string, string> {
  return new Map(
    migrations.migrationDirectories.map(({ path, migrationFile }) => [
      path,
      migrationFile.content.tag === "ok" ? checksumOf(migrationFile.content.value) : "",
    ]),
  );
}

const OURS = 7_230_114_501;
const PRISMAS = 72_707_369;

/**
 * One migration run at a time. A killed runner's session may still be at its script: the engine's own lock, held by that session,
 * is waited for once, so that what we then read of the history is final.
 */
export async function withMigrationLock<T>(url: string, body: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: "countersign migrate", connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await client.query("SELECT pg_advisory_lock($1::bigint)", [OURS]);
    await client.query("SELECT pg_advisory_lock($1::bigint)", [PRISMAS]);
    await client.query("SELECT pg_advisory_unlock($1::bigint)", [PRISMAS]);
    return await body(client);
  } finally {
    await client.end();
  }
}
