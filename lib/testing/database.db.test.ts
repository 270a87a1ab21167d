import pg from "pg";
import { expect, it } from "vitest";
import { reader } from "#lib/db/transact.ts";
import { createTestDatabase, ownTestDatabase } from "./database.ts";

const database = ownTestDatabase();

async function as<T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

it("gives the app's pool a migrated database of this file's own", async () => {
  const rows = await reader.rows("SELECT current_database() AS name, to_regclass('public.audit_events') IS NOT NULL AS migrated");
  expect(rows).toEqual([{ name: database.name, migrated: true }]);
});

it("keeps the roles apart as a real installation does", async () => {
  await expect(as(database.app, "CREATE TABLE public.mine ()")).rejects.toThrow(/permission denied/);
  await expect(as(database.reader, "INSERT INTO audit_events (body) VALUES ('{}')")).rejects.toThrow(/permission denied/);
  await expect(as(database.app, "INSERT INTO checkpoints SELECT * FROM checkpoints")).rejects.toThrow(/permission denied/);
  await expect(as(database.app, `SET ROLE countersign_test_owner`)).rejects.toThrow(/permission denied/);
});

it("shows one file nothing of another's", async () => {
  const other = await createTestDatabase();
  await as(other.owner, "CREATE TABLE public.elsewhere ()");
  expect(await as(database.admin, "SELECT to_regclass('public.elsewhere') AS found")).toEqual([{ found: null }]);
  await other.drop();
  expect(await as(database.admin, `SELECT 1 FROM pg_roles WHERE rolname LIKE '${other.name}%'`)).toEqual([]);
});
