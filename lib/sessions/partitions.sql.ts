import "server-only";
import { aside } from "#lib/db/transact.ts";

/** How far ahead a month's partition is made: an event then never waits for it, and a worker may be down for weeks. */
const MONTHS_AHEAD = 2;

/** The partitions of these months ("2026-11"), each in a moment of its own: attaching locks what readers need, so it must not wait for an import's end. */
export async function ensureMonths(months: Iterable<string>): Promise<void> {
  for (const month of months) await aside.rows("SELECT ensure_access_events_partition($1::timestamptz)", [`${month}-01T00:00:00Z`]);
}

export async function ensureMonthsAhead(now: Date): Promise<void> {
  const months = Array.from(
    { length: MONTHS_AHEAD + 1 },
    (_, ahead) => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead)),
  );
  await ensureMonths(months.map((month) => month.toISOString().slice(0, 7)));
}
