import { ticks as auditTicks } from "#lib/audit/jobs.ts";
import { ticks as authTicks } from "#lib/auth/jobs.ts";
import { ticks as campaignTicks } from "#lib/campaigns/jobs.ts";
import { closePools } from "#lib/db/pool.ts";
import { closePrisma } from "#lib/db/prisma.ts";
import { ticks as exceptionTicks } from "#lib/exceptions/jobs.ts";
import { ticks as ingestTicks } from "#lib/ingest/jobs.ts";
import { ticks as inventoryTicks } from "#lib/inventory/jobs.ts";
import { stopSender } from "#lib/jobs/enqueue.ts";
import { startWorker } from "#lib/jobs/worker.ts";
import { ticks as notificationTicks } from "#lib/notifications/jobs.ts";
import { ticks as remediationTicks } from "#lib/remediation/jobs.ts";
import { ticks as sessionTicks } from "#lib/sessions/jobs.ts";
import { handlers } from "./handlers.ts";

/** A running handler gets this long to end before the queue's retry takes its job over. */
const GRACE_MS = 1_000;

const worker = await startWorker(handlers, [
  ...auditTicks,
  ...authTicks,
  ...inventoryTicks,
  ...ingestTicks,
  ...sessionTicks,
  ...exceptionTicks,
  ...campaignTicks,
  ...remediationTicks,
  ...notificationTicks,
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
