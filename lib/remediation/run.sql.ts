import "server-only";
import { createHash } from "node:crypto";
import { appPool } from "#lib/db/pool.ts";
import type { Tx } from "#lib/db/tx.ts";

/** How many attempts failed since the task was last planned, and how often it was started. */
export async function countAttempts(tx: Tx, remediationId: string): Promise<{ failed: number; started: number }> {
  const [row] = await tx.rows<{ failed: number; started: number }>(
    `SELECT count(*) FILTER (WHERE kind = 'FAILED')::int AS failed, count(*) FILTER (WHERE kind IN ('RUNNING', 'resumed'))::int AS started
     FROM remediation_events WHERE remediation_id = $1::uuid
       AND (detail ->> 'version')::int >= (SELECT max((detail ->> 'version')::int) FROM remediation_events WHERE remediation_id = $1::uuid AND kind = 'PLANNED')`,
    [remediationId],
  );
  return row ?? { failed: 0, started: 0 };
}

/**
 * One worker at a time on one task, over all processes; others wait for it to end, and the database lets go of a worker that dies. The
 * transaction that holds the lock reads and writes nothing, so that it may stay open while a source is waited for.
 */
export async function withTaskLock<T>(remediationId: string, waitMs: number, work: () => Promise<T>): Promise<T> {
  const client = await appPool().connect();
  let broken: Error | undefined;
  // A lost lock is no reason to end the process: states are guarded by their version all the same.
  const lost = (error: Error) => {
    broken = error;
  };
  client.on("error", lost);
  try {
    await client.query("BEGIN");
    await client.query(`SET LOCAL lock_timeout = ${Math.trunc(waitMs)}`);
    await client.query("SELECT pg_advisory_xact_lock(hashtextextended('remediation:' || $1::text, 0))", [remediationId]);
    return await work();
  } finally {
    await client.query("ROLLBACK").catch((failure: Error) => {
      broken = failure;
    });
    client.off("error", lost);
    client.release(broken);
  }
}

export const statementsDigest = (statements: readonly string[]): string =>
  createHash("sha256").update(statements.join("\n"), "utf8").digest("hex");
