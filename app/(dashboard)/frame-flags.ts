import { type Flag, flagsOf } from "#components/ui/frame/flags.ts";
import { loadWaitingExceptions } from "#lib/exceptions/loaders.ts";
import { loadHeldRuns } from "#lib/ingest/loaders.ts";
import { loadLeaverCount } from "#lib/inventory/loaders.ts";
import { loadApprovals } from "#lib/remediation/loaders.ts";

/** What wants the viewer's attention, from every domain that may want it; each loader decides what is open to them. */
export async function loadFlags(): Promise<Flag[]> {
  const [exceptions, approvals, heldRuns, leavers] = await Promise.all([
    loadWaitingExceptions(),
    loadApprovals(),
    loadHeldRuns(),
    loadLeaverCount(),
  ]);
  const { requests, removals = null } = approvals ?? {};
  return flagsOf({ exceptions, removals, requests: requests?.length ?? null, heldRuns, leavers });
}
