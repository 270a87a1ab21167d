import { execFileSync } from "node:child_process";
import path from "node:path";
import type { DiffTarget, SchemaContainer } from "@prisma/schema-engine-wasm";
import type pg from "pg";
import { appliedMigrations, checksums, judgeHistory, withMigrationLock } from "./history.ts";
import { grantJobs, installJobs } from "./jobs-schema.ts";
import { type MigrationList, NO_FILTERS, openEngine, openOfflineEngine, readMigrations, readSchema } from "./schema-engine.ts";

const MIGRATIONS = path.join(import.meta.dirname, "migrations");

export type MigrateOptions = {
  ownerUrl: string;
  /** The names of the app's, the sealer's and the reader's roles; by default `<database>_app` and so on, where they exist. */
  roles?: { app: string; sealer: string; reader: string };
  folder?: string;
};

/**
 * Brings a database to this version, and says which migrations that took. The engine's advisory lock lives as long as its process,
 * so this belongs in a short-lived child.
 */
export async function migrate({ ownerUrl, roles, folder = MIGRATIONS }: MigrateOptions): Promise<string[]> {
  const migrations = await readMigrations(folder);
  const onDisk = checksums(migrations);
  return withMigrationLock(ownerUrl, async (client) => {
    const verdict = judgeHistory(await appliedMigrations(client), onDisk);
    if (verdict.kind === "unknown") {
      throw new Error(`The database was migrated by a newer Countersign (${verdict.name} is not known here). Start that version.`);
    }
    if (verdict.kind === "edited") {
      throw new Error(`Migration ${verdict.name} was changed after it was applied. Restore it, and put the change into a new migration.`);
    }
    const applied = verdict.pending.length > 0 ? await apply(ownerUrl, migrations, onDisk, verdict.unfinished) : [];
    await installJobs(ownerUrl);
    await grantRights(client, roles);
    return applied;
  });
}

async function apply(
  ownerUrl: string,
  migrationsList: MigrationList,
  onDisk: ReadonlyMap<string, string>,
  unfinished: readonly string[],
): Promise<string[]> {
  let refusal: Error | undefined;
  const onRefusal = (checksum: string, message: string) => {
    const name = [...onDisk].find(([, known]) => known === checksum)?.[0];
    refusal = new Error(`Migration ${name ?? "of unknown name"} failed and left nothing behind: ${message}.`);
  };
  const engine = await openEngine(ownerUrl, await readSchema(), { checksums: new Set(onDisk.values()), onRefusal });
  // A script is one transaction: one that did not finish left nothing behind, so it is simply run again.
  for (const migrationName of unfinished) await engine.markMigrationRolledBack({ migrationName });
  try {
    return (await engine.applyMigrations({ migrationsList, filters: NO_FILTERS })).appliedMigrationNames;
  } catch (error) {
    throw refusal ?? error;
  }
}

async function grantRights(client: pg.Client, named: MigrateOptions["roles"]): Promise<void> {
  const { rows } = await client.query<{ app: string; sealer: string; reader: string; made: boolean; self: string; granted: boolean }>(`
    SELECT d || '_app' AS app, d || '_sealer' AS sealer, d || '_reader' AS reader, current_user AS self,
      (SELECT count(*) = 3 FROM pg_roles WHERE rolname IN (d || '_app', d || '_sealer', d || '_reader')) AS made,
      to_regprocedure('countersign_grants(text,text,text)') IS NOT NULL AS granted
    FROM (SELECT current_database() AS d) AS self_named`);
  const found = rows[0];
  const roles = named ?? (found?.made ? found : null);
  if (!found || !roles || roles.app === found.self) return; // one role for everything: nothing to hand out
  await client.query("BEGIN");
  if (found.granted) await client.query("SELECT countersign_grants($1, $2, $3)", [roles.app, roles.sealer, roles.reader]);
  await grantJobs(client, roles.app);
  await client.query("COMMIT");
}

/** The schema files as a commit had them, to write the migration that leads from there to the work tree. */
function schemaAt(revision: string): SchemaContainer[] {
  const git = (...args: string[]) => execFileSync("git", args, { encoding: "utf8", cwd: import.meta.dirname });
  const listed = git("ls-tree", "-r", "--name-only", revision, "schema.prisma", "models").split("\n");
  const files = listed.filter((name) => name.endsWith(".prisma")).sort();
  return files.map((name) => ({ path: name, content: git("show", `${revision}:prisma/${name}`) }));
}

/** SQL that makes an empty database, or the schema of `revision`, into the schema of the work tree. */
export async function diffSql(revision: string | null, schemaFolder?: string): Promise<string> {
  const target = await readSchema(schemaFolder);
  const engine = await openOfflineEngine(target);
  const from: DiffTarget = revision === null ? { tag: "empty" } : { tag: "schemaDatamodel", files: schemaAt(revision) };
  const { stdout } = await engine.diff({
    from,
    to: { tag: "schemaDatamodel", files: target },
    script: true,
    exitCode: null,
    filters: NO_FILTERS,
  });
  return (stdout ?? "").replace(/^-- CreateSchema\nCREATE SCHEMA IF NOT EXISTS "public";\n\n/, "");
}

/** Who the app is, when its URL is given rather than made by the launcher. */
function namedRoles(): MigrateOptions["roles"] {
  const userOf = (url: string | undefined) => (url ? decodeURIComponent(new URL(url).username) : "");
  const app = userOf(process.env.DATABASE_URL);
  return app
    ? { app, sealer: userOf(process.env.DATABASE_SEALER_URL) || app, reader: userOf(process.env.DATABASE_READER_URL) || app }
    : undefined;
}

async function main([verb = "apply", ...args]: string[]): Promise<void> {
  if (verb === "diff") {
    const at = args.indexOf("--from");
    process.stdout.write(await diffSql(at < 0 ? null : (args[at + 1] ?? "HEAD")));
    return;
  }
  const ownerUrl = process.env.DATABASE_OWNER_URL ?? process.env.DATABASE_URL;
  if (verb !== "apply" || !ownerUrl) throw new Error("Usage: DATABASE_OWNER_URL=… node prisma/migrate.ts [apply | diff [--from REVISION]]");
  const roles = namedRoles();
  const applied = await migrate({ ownerUrl, ...(roles ? { roles } : {}) });
  console.log(applied.length > 0 ? applied.map((name) => `Applied ${name}`).join("\n") : "Nothing to migrate.");
}

if (process.argv[1] && path.resolve(process.argv[1]) === import.meta.filename) {
  try {
    await main(process.argv.slice(2));
    process.exit(0); // the engine keeps its session, and with it its lock, as long as the process lives
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    console.error(
      /No space left on device/.test(message) ? "The disk that holds the database is full. Free some space, then start again." : message,
    );
    process.exit(1);
  }
}
