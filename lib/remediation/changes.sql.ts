import "server-only";
import { reader } from "#lib/db/transact.ts";
import { readLoggedChanges } from "#lib/sessions/changes.sql.ts";
import type { LoggedChanges } from "#lib/sessions/types.ts";
import type { Task } from "./remediation.sql.ts";
import { DEFAULT_REMEDIATION_PARAMETERS } from "./rules.ts";

const DAY_MS = 86_400_000;

/** What the identity of a task changed within the days that a pre-flight asks about, as far as logs tell. */
export async function readChanges({ sourceId, identityId }: Pick<Task, "sourceId" | "identityId">, now: Date): Promise<LoggedChanges> {
  if (identityId === null) return { log: null, last: null };
  const since = new Date(now.getTime() - DEFAULT_REMEDIATION_PARAMETERS.recentDeployDays * DAY_MS);
  return readLoggedChanges(reader, { sourceId, identityId, since });
}
