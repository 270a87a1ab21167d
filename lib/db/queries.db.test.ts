import pg from "pg";
import { expect, it } from "vitest";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { getDatabaseHealth } from "./queries.ts";
import { pgTx } from "./tx.ts";

const database = ownTestDatabase();

async function healthAs(connectionString: string) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return await getDatabaseHealth(pgTx(client));
  } finally {
    await client.end();
  }
}

it("finds roles separated when it speaks as the app", async () => {
  expect(await getDatabaseHealth()).toEqual({ database: "reachable", roleSeparation: "on" });
});

it("says that roles are not separated when it speaks as the owner of the history", async () => {
  expect(await healthAs(database.owner)).toEqual({ database: "reachable", roleSeparation: "off" });
});

it("does not know about roles before the first migration", async () => {
  const empty = new URL(database.admin);
  empty.pathname = "/postgres";
  expect(await healthAs(empty.toString())).toEqual({ database: "reachable", roleSeparation: "unknown" });
});

it("answers when the database does not", async () => {
  const gone = { rows: () => Promise.reject(new Error("connection refused")) };
  expect(await getDatabaseHealth(gone)).toEqual({ database: "unreachable", roleSeparation: "unknown" });
});
