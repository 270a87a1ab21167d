import "server-only";
import { randomUUID } from "node:crypto";
import { PgBoss } from "pg-boss";
import { systemActor } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { env } from "#lib/env.ts";
import { QUEUES, type QueueName } from "./queues.ts";

/** Runs at least once per job, so it is idempotent, keyed by its data. It parses the data itself. */
export type JobHandler = (ctx: Ctx, data: unknown, signal: AbortSignal) => Promise<void>;
export type JobHandlers = Partial<Record<QueueName, readonly JobHandler[]>>;

/** Something to do every so often. One at a time in this process; another process may do the same at the same moment. */
export type Tick = { name: string; everyMs: number; run: (ctx: Ctx) => Promise<void> };

export const jobCtx = (job: string): Ctx => ({ actor: systemActor(job), now: new Date(), requestId: `job-${randomUUID()}` });

/** Works the queues and the ticks until stopped. A stop lets running handlers finish for `graceMs`, then leaves them to the queue's retry. */
export async function startWorker(handlers: JobHandlers, ticks: readonly Tick[]): Promise<{ stop: (graceMs: number) => Promise<void> }> {
  const boss = new PgBoss({
    connectionString: env().DATABASE_URL,
    schema: "jobs",
    migrate: false,
    createSchema: false,
    max: 4,
    application_name: "countersign",
  });
  boss.on("error", (error) => log("warn", "job queue", error));
  await boss.start();
  for (const { name } of QUEUES) {
    for (const handler of handlers[name] ? [handlers[name]] : []) {
      await boss.work(name, { pollingIntervalSeconds: 0.5, batchSize: 1 }, async (jobs) => {
        for (const job of jobs) for (const step of handler) await step(jobCtx(name), job.data, job.signal);
      });
    }
  }
  const stops = ticks.map(startTick);
  return {
    stop: async (graceMs) => {
      const ticksEnded = Promise.all(stops.map((stop) => stop()));
      await boss.stop({ graceful: graceMs > 0, timeout: graceMs });
      await Promise.race([ticksEnded, new Promise((resolve) => setTimeout(resolve, graceMs))]);
    },
  };
}

/** The next run starts `everyMs` after the last one ended, so a slow one never piles up. Answers with a stop that waits for the running one. */
function startTick(tick: Tick): () => Promise<void> {
  let stopped = false;
  let wake: () => void = () => {};
  const loop = (async () => {
    while (!stopped) {
      await tick.run(jobCtx(tick.name)).catch((error: unknown) => log("error", tick.name, error));
      if (stopped) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, tick.everyMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  })();
  return async () => {
    stopped = true;
    wake();
    await loop;
  };
}

function log(level: "warn" | "error", name: string, error: unknown): void {
  const detail = error instanceof Error ? { error: error.message, stack: error.stack } : { error: String(error) };
  console.error(JSON.stringify({ level, job: name, ...detail }));
}
