import { beforeEach, describe, expect, it } from "vitest";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { inPgTransaction } from "./pg-transaction.ts";
import { appPool, copyPool } from "./pool.ts";
import { reader } from "./transact.ts";
import type { PgTx } from "./tx.ts";

ownTestDatabase();

/** The app may insert there and delete again. */
const SET = "INSERT INTO idempotency_keys (actor_id, route, key, body_digest, response) VALUES ('test', 'test', $1::text, '', '{}')";
const kept = async () => (await reader.rows<{ key: string }>("SELECT key FROM idempotency_keys ORDER BY key")).map(({ key }) => key);

describe.each([
  ["that pipelines", appPool],
  ["that does not", copyPool],
])("a transaction on a connection %s", (_name, pool) => {
  beforeEach(() => reader.rows("DELETE FROM idempotency_keys"));

  const run = async <T>(body: (tx: PgTx) => Promise<T>, begin = "BEGIN"): Promise<T> => {
    const client = await pool().connect();
    try {
      return await inPgTransaction(client, begin, body, () => {});
    } finally {
      client.release();
    }
  };

  it("keeps what was sent together, and the last statement with it", async () => {
    await run(async (tx) => {
      await Promise.all([tx.rows(SET, ["a"]), tx.rows(SET, ["b"])]);
      tx.last?.(SET, ["c"], { name: "test_last" });
    });
    expect(await kept()).toEqual(["a", "b", "c"]);
  });

  it("keeps nothing where one of those fails", async () => {
    await expect(run((tx) => Promise.all([tx.rows(SET, ["a"]), tx.rows(SET, ["a"]), tx.rows(SET, ["b"])]))).rejects.toMatchObject({
      code: "23505",
    });
    expect(await kept()).toEqual([]);
  });

  it("keeps nothing where the last statement fails", async () => {
    const failing = run(async (tx) => {
      await tx.rows(SET, ["a"]);
      tx.last?.(SET, ["a"], { name: "test_last" });
    });
    await expect(failing).rejects.toMatchObject({ code: "23505" });
    expect(await kept()).toEqual([]);
  });

  it("is not told as done where a failure was swallowed and COMMIT rolled back", async () => {
    const failing = run(async (tx) => {
      await tx.rows(SET, ["a"]);
      await tx.rows(SET, ["a"]).catch(() => undefined);
    });
    await expect(failing).rejects.toThrow("rolled back");
    expect(await kept()).toEqual([]);
  });

  it("changes nothing where BEGIN alone is refused", async () => {
    await expect(run((tx) => tx.rows(SET, ["a"]), "SELECT 1 / 0")).rejects.toMatchObject({ code: "22012" });
    await expect(run(async (tx) => void tx.last?.(SET, ["a"], { name: "test_last" }), "SELECT 1 / 0")).rejects.toMatchObject({
      code: "22012",
    });
    expect(await kept()).toEqual([]);
  });

  it("leaves the connection fit for the next one", async () => {
    await run(() => Promise.reject(new Error("refused"))).catch(() => undefined);
    await run((tx) => tx.rows(SET, ["a"]));
    expect(await kept()).toEqual(["a"]);
  });
});
