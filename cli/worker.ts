import { ticks as auditTicks } from "#lib/audit/jobs.ts";
import { ticks as authTicks } from "#lib/auth/jobs.ts";
import { handlers as campaignHandlers, ticks as campaignTicks } from "#lib/campaigns/jobs.ts";
import { closePools } from "#lib/db/pool.ts";
import { closePrisma } from "#lib/db/prisma.ts";
import { handlers as evidenceHandlers } from "#lib/evidence/jobs.ts";
import { handlers as exceptionHandlers, ticks as exceptionTicks } from "#lib/exceptions/jobs.ts";
import { handlers as ingestHandlers, ticks as ingestTicks } from "#lib/ingest/jobs.ts";
import { handlers as inventoryHandlers, ticks as inventoryTicks } from "#lib/inventory/jobs.ts";
import { stopSender } from "#lib/jobs/enqueue.ts";
import { QUEUES } from "#lib/jobs/queues.ts";
import { type JobHandlers, startWorker } from "#lib/jobs/worker.ts";
import { handlers as remediationHandlers } from "#lib/remediation/jobs.ts";
import { handlers as sessionHandlers, ticks as sessionTicks } from "#lib/sessions/jobs.ts";

/** A running handler gets this long to end before the queue's retry takes its job over. */
const GRACE_MS = 1_000;

/** Handlers of one queue run in the order of the domains: upstream first. */
const DOMAINS: readonly JobHandlers[] = [
  inventoryHandlers,
  ingestHandlers,
  sessionHandlers,
  exceptionHandlers,
  campaignHandlers,
  remediationHandlers,
  evidenceHandlers,
];
const handlers: JobHandlers = Object.fromEntries(QUEUES.map(({ name }) => [name, DOMAINS.flatMap((domain) => domain[name] ?? [])]));

const worker = await startWorker(handlers, [
  ...auditTicks,
  ...authTicks,
  ...inventoryTicks,
  ...ingestTicks,
  ...sessionTicks,
  ...exceptionTicks,
  ...campaignTicks,
]);
console.log(JSON.stringify({ level: "info", message: "worker started" }));

async function stop(): Promise<void> {
  await worker.stop(GRACE_MS);
  await stopSender();
  await closePrisma();
  await closePools();
  process.exit(0);
}
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void stop());
