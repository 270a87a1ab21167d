import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import { notFound } from "#lib/errors/domain-error.ts";

export type SourceRow = {
  id: string;
  name: string;
  kind: string;
  state: "active" | "paused" | "retired";
  config: unknown;
  secret: Buffer | null;
  isPeopleSource: boolean;
  schedule: string | null;
  scheduleZone: string;
};

/** The source, locked for the rest of the transaction. */
export async function lockSource(tx: Tx, sourceId: string): Promise<SourceRow> {
  const [row] = await tx.rows<SourceRow>(
    `SELECT id, name, kind, state::text AS state, config, secret, is_people_source AS "isPeopleSource", schedule, schedule_zone AS "scheduleZone"
     FROM sources WHERE id = $1::uuid FOR NO KEY UPDATE`,
    [sourceId],
  );
  if (!row) throw notFound("Source", sourceId);
  return row;
}

export const subjectOf = (source: Pick<SourceRow, "id" | "name">) => ({ kind: "source", id: source.id, label: source.name });
