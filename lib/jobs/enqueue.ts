import "server-only";
import { PgBoss } from "pg-boss";
import type { Tx } from "#lib/db/tx.ts";
import { env } from "#lib/env.ts";
import type { QueueName } from "./queues.ts";

const KEY = Symbol.for("countersign.boss.sender");

/** pg-boss needs a start even to send; this one neither migrates nor supervises. Its own pool stays idle: every send goes through the caller's transaction. */
async function sender(): Promise<PgBoss> {
  const all = globalThis as unknown as Record<symbol, Promise<PgBoss> | undefined>;
  all[KEY] ??= startSender();
  return all[KEY];
}

async function startSender(): Promise<PgBoss> {
  const boss = new PgBoss({
    connectionString: env().DATABASE_URL,
    schema: "jobs",
    migrate: false,
    createSchema: false,
    supervise: false,
    schedule: false,
    max: 1,
    application_name: "countersign",
  });
  boss.on("error", (error) => console.error(JSON.stringify({ level: "warn", message: "job sender", error: error.message })));
  await boss.start();
  return boss;
}

export async function stopSender(): Promise<void> {
  const all = globalThis as unknown as Record<symbol, Promise<PgBoss> | undefined>;
  const found = all[KEY];
  all[KEY] = undefined;
  if (found) await (await found).stop({ graceful: false });
}

/**
 * Puts a job into a queue within the caller's transaction: it runs only if the transaction commits, at least once. `key` keeps a second
 * job with the same key out of the queue while the first waits.
 */
export async function enqueue(
  tx: Tx,
  queue: QueueName,
  data: Record<string, unknown>,
  options: { key?: string; startAfter?: Date } = {},
): Promise<void> {
  const boss = await sender();
  await boss.send(queue, data, {
    ...(options.key ? { singletonKey: options.key } : {}),
    ...(options.startAfter ? { startAfter: options.startAfter } : {}),
    db: { executeSql: async (text: string, values?: unknown[]) => ({ rows: await tx.rows(text, values ?? []) }) },
  });
}
