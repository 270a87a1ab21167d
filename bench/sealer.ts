import { ticks } from "#lib/audit/jobs.ts";
import { closePools } from "#lib/db/pool.ts";
import { startWorker } from "#lib/jobs/worker.ts";

/** The worker with nothing to do but seal. */
const worker = await startWorker({}, ticks);
process.once("SIGTERM", async () => {
  await worker.stop(1_000);
  await closePools();
  process.exit(0);
});
process.send?.("ready");
