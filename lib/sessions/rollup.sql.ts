import "server-only";
import type { Tx } from "#lib/db/tx.ts";

export const DIMENSIONS = ["hour", "source_id", "kind", "outcome", "identity_class", "privileged", "mfa"] as const;
const NAMES = DIMENSIONS.join(", ");

/** Folded hours and what was added since, as one set of rows: exact at the snapshot of the statement that reads it. */
export const HOURS = `(SELECT ${NAMES}, events FROM access_event_hours UNION ALL SELECT ${NAMES}, events FROM access_event_deltas)`;

/** Moves what batches added into the hours; one statement, so that no reader sees an event twice or not at all. Two at once move each delta once. */
export async function foldDeltas(tx: Tx): Promise<void> {
  await tx.rows(
    `WITH locked AS (SELECT id FROM access_event_deltas ORDER BY id LIMIT 50000 FOR UPDATE SKIP LOCKED),
       taken AS (DELETE FROM access_event_deltas d USING locked l WHERE d.id = l.id RETURNING d.*)
     INSERT INTO access_event_hours (${NAMES}, events) SELECT ${NAMES}, sum(events) FROM taken GROUP BY ${NAMES} ORDER BY ${NAMES}
     ON CONFLICT (${NAMES}) DO UPDATE SET events = access_event_hours.events + EXCLUDED.events`,
  );
}
