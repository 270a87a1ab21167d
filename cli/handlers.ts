import { handlers as campaignHandlers } from "#lib/campaigns/jobs.ts";
import { handlers as evidenceHandlers } from "#lib/evidence/jobs.ts";
import { handlers as exceptionHandlers } from "#lib/exceptions/jobs.ts";
import { handlers as ingestHandlers } from "#lib/ingest/jobs.ts";
import { handlers as inventoryHandlers } from "#lib/inventory/jobs.ts";
import { QUEUES } from "#lib/jobs/queues.ts";
import type { JobHandlers } from "#lib/jobs/worker.ts";
import { handlers as remediationHandlers } from "#lib/remediation/jobs.ts";
import { handlers as sessionHandlers } from "#lib/sessions/jobs.ts";

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

/** What each queue's jobs do: for the worker, and for a set-up that does in its place what follows from a sync. */
export const handlers: JobHandlers = Object.fromEntries(QUEUES.map(({ name }) => [name, DOMAINS.flatMap((domain) => domain[name] ?? [])]));
