import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { afterEach, beforeEach, expect, inject, it, vi } from "vitest";
import { ensureDatabase } from "#lib/db/embedded/databases.ts";
import { diffSql } from "./migrate.ts";

const OURS = path.join(import.meta.dirname, "migrations");
const RUNNER = path.join(import.meta.dirname, "migrate.ts");

let folder = "";
let name = "";
let owner = "";

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "countersign-migrations-"));
  name = `m_${Math.random().toString(36).slice(2, 10)}`;
  owner = await makeDatabase(name);
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await dropDatabase(name);
});

const { adminUrl, rolePassword } = inject("cluster");

async function makeDatabase(database: string): Promise<string> {
  return (await ensureDatabase(adminUrl, database, async () => rolePassword)).owner;
}

async function dropDatabase(database: string): Promise<void> {
  await sql(adminUrl, `DROP DATABASE ${database} WITH (FORCE)`);
  for (const kind of ["owner", "app", "sealer", "reader"]) await sql(adminUrl, `DROP ROLE ${database}_${kind}`);
}

async function sql(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

function write(migration: string, script: string): void {
  mkdirSync(path.join(folder, migration), { recursive: true });
  writeFileSync(path.join(folder, migration, "migration.sql"), script);
}

/** The runner in a process of its own, as the launcher runs it: its lock lives as long as its process. */
function runner(migrations = folder, url = owner): { child: ChildProcess; done: Promise<{ code: number | null; said: string }> } {
  const script = `
    import { migrate } from ${JSON.stringify(RUNNER)};
    try {
      console.log(JSON.stringify(await migrate({ ownerUrl: process.argv[1], folder: process.argv[2] })));
      process.exit(0);
    } catch (error) { console.log(error.message); process.exit(1); }`;
  const args = ["--conditions=react-server", "--input-type=module", "-e", script, url, migrations];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout?.on("data", (chunk) => {
    said += chunk;
  });
  const done = new Promise<{ code: number | null; said: string }>((resolve) =>
    child.once("close", (code) => resolve({ code, said: said.trim() })),
  );
  return { child, done };
}

const run = (migrations?: string) => runner(migrations).done;

/** All that a catalog says of a database but what moves by itself. */
const CATALOG = `
  SELECT c.oid::regclass::text AS name, c.relkind::text AS kind, c.relacl::text AS acl, c.relfilenode::text AS file,
    (SELECT string_agg(attname || ' ' || atttypid::regtype || ' ' || attnotnull, ',' ORDER BY attnum) FROM pg_attribute WHERE attrelid = c.oid) AS columns
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('public', 'staging', 'jobs') ORDER BY 1`;

it("changes nothing when it runs again", async () => {
  expect(await run(OURS)).toMatchObject({
    code: 0,
    said: JSON.stringify(
      readdirSync(OURS)
        .filter((entry) => /^\d/.test(entry))
        .sort(),
    ),
  });
  const before = await sql(owner, CATALOG);
  const history = await sql(owner, "SELECT * FROM _prisma_migrations ORDER BY started_at");
  expect(await run(OURS)).toEqual({ code: 0, said: "[]" });
  expect(await sql(owner, CATALOG)).toEqual(before);
  expect(await sql(owner, "SELECT * FROM _prisma_migrations ORDER BY started_at")).toEqual(history);
  expect(before.length).toBeGreaterThan(50);
});

it("refuses an edited migration, and a database that a newer version migrated", async () => {
  write("1_a", "CREATE TABLE a ();");
  write("2_b", "CREATE TABLE b ();");
  expect(await run()).toMatchObject({ code: 0, said: '["1_a","2_b"]' });
  write("1_a", "CREATE TABLE a (id int);");
  expect(await run()).toEqual({ code: 1, said: expect.stringMatching(/^Migration 1_a was changed after it was applied/) });
  write("1_a", "CREATE TABLE a ();");
  rmSync(path.join(folder, "2_b"), { recursive: true });
  expect(await run()).toEqual({ code: 1, said: expect.stringMatching(/migrated by a newer Countersign \(2_b is not known here\)/) });
});

it("runs functions and DO blocks whole, and takes a failing migration back whole", async () => {
  const sound =
    "CREATE FUNCTION two() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; RETURN 2; END $$; DO $$ BEGIN PERFORM two(); END $$;";
  write("1_a", `${sound}\nCREATE TABLE a ();\nSELECT no_such_column FROM a;`);
  const failed = await run();
  expect(failed.code).toBe(1);
  expect(failed.said).toBe('Migration 1_a failed and left nothing behind: column "no_such_column" does not exist (line 3).');
  expect(await sql(owner, "SELECT to_regclass('a') AS a, to_regproc('two') AS two")).toEqual([{ a: null, two: null }]);
  write("1_a", `${sound}\nCREATE TABLE a ();`);
  expect(await run()).toEqual({ code: 0, said: '["1_a"]' });
});

it("runs a migration again whose runner was killed in the middle of it", async () => {
  write("1_a", "CREATE TABLE a AS SELECT 1 AS one; SELECT pg_sleep(1.5); INSERT INTO a VALUES (2);");
  const first = runner();
  await vi.waitUntil(
    async () => (await sql(adminUrl, `SELECT FROM pg_stat_activity WHERE datname = '${name}' AND wait_event = 'PgSleep'`)).length > 0,
    {
      timeout: 20_000,
    },
  );
  first.child.kill("SIGKILL");
  await first.done;
  expect((await run()).code).toBe(0);
  expect(await sql(owner, "SELECT one FROM a ORDER BY 1")).toEqual([{ one: 1 }, { one: 2 }]);
  const finished = "SELECT count(*)::int AS n FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL";
  expect(await sql(owner, finished)).toEqual([{ n: 1 }]);
});

it("lets two runners at once apply everything once", async () => {
  write("1_a", "CREATE TABLE a (); SELECT pg_sleep(0.3);");
  const ends = await Promise.all([run(), run()]);
  expect(ends.map(({ code }) => code)).toEqual([0, 0]);
  expect(ends.map(({ said }) => said).sort()).toEqual(['["1_a"]', "[]"]);
});

it("brings a database of every earlier release to this one", async () => {
  const all = readdirSync(OURS)
    .filter((entry) => /^\d/.test(entry))
    .sort();
  const earlier = all.slice(0, -1);
  for (const migration of earlier) cpSync(path.join(OURS, migration), path.join(folder, migration), { recursive: true });
  expect((await run()).code).toBe(0);
  expect(await run(OURS)).toEqual({ code: 0, said: JSON.stringify(all.slice(-1)) });
});

/** What Prisma's schema can say: tables, columns, keys, indexes and enums. The migrations may say more, never less or otherwise. */
const DESCRIBED = {
  columns: `
    SELECT c.relname || '.' || a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS required,
      CASE WHEN a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%' THEN 'the next number'
        ELSE pg_get_expr(d.adbin, d.adrelid) END AS initial, a.attgenerated::text AS generated
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped`,
  keys: `
    SELECT conname AS name, contype::text AS type, conrelid::regclass::text AS on_table, pg_get_constraintdef(oid) AS definition
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'f', 'u') AND conparentid = 0`,
  indexes: `
    SELECT c.relname AS name, regexp_replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON ') AS definition
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relnamespace = 'public'::regnamespace AND NOT c.relispartition`,
  enums: `
    SELECT t.typname AS name, string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder) AS labels
    FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid WHERE t.typnamespace = 'public'::regnamespace GROUP BY 1`,
};

it("leads to what the Prisma schema describes", async () => {
  expect((await run(OURS)).code).toBe(0);
  const described = `${name}_prisma`;
  const described_owner = await makeDatabase(described);
  try {
    const functions = await sql(owner, "SELECT pg_get_functiondef(oid) AS text FROM pg_proc WHERE proname = 'uuid7'");
    // Prisma has no word for a generated column: its schema names the expression as a default.
    const script = (await diffSql(null)).replace(/ DEFAULT (\(\(.*\))(,?)$/gm, " GENERATED ALWAYS AS $1 STORED$2");
    await sql(described_owner, `${functions.map(({ text }) => text).join(";")};${script}`);
    for (const [what, query] of Object.entries(DESCRIBED)) {
      const made = new Map((await sql(owner, query)).map((row) => [row.name, row]));
      const wanted = await sql(described_owner, query);
      expect(wanted.length, what).toBeGreaterThan(0);
      for (const row of wanted) expect(made.get(row.name), `${what}: ${row.name}`).toEqual(row);
      const extra = what === "columns" || what === "enums" ? [...made.keys()].filter((key) => !wanted.some((row) => row.name === key)) : [];
      expect(
        extra.filter((key) => !String(key).startsWith("_prisma_migrations.")),
        `${what} that the schema does not know`,
      ).toEqual([]);
    }
  } finally {
    await dropDatabase(described);
  }
});
