import "server-only";
import { reader } from "#lib/db/transact.ts";
import type { Stream } from "#lib/inventory/streams.ts";

const EVERY_MS = 1_000;

/** Says that a run is alive, each second and outside its transactions, and how many rows of a long page have gone by. */
export type Heartbeat = {
  beat(): void;
  /** Rows of the page that is being copied; replaced by the exact count when the page is committed. */
  seen(stream: Stream, page: number, rows: number): void;
  stop(): Promise<void>;
};

export function startHeartbeat(runId: string): Heartbeat {
  let live: { stream: Stream; page: number; rows: number } | null = null;
  let working: Promise<unknown> = Promise.resolve();
  const beat = async () => {
    await reader.rows("UPDATE sync_runs SET heartbeat_at = now() WHERE id = $1::uuid AND state = 'RUNNING'", [runId]);
    const now = live;
    if (!now) return;
    await reader.rows(
      `UPDATE sync_streams SET read = excluded + $4::bigint, kept = $4::bigint WHERE run_id = $1::uuid AND stream = $2::text AND pages < $3::int AND rejected = 0`,
      [runId, now.stream, now.page, now.rows],
    );
  };
  let isBusy = false;
  let last = 0;
  const tick = () => {
    if (isBusy) return;
    isBusy = true;
    last = Date.now();
    // A database that does not answer is met by the run itself; the pulse only stops.
    working = beat()
      .catch(() => {})
      .finally(() => {
        isBusy = false;
      });
  };
  const timer = setInterval(tick, EVERY_MS);
  tick();
  return {
    beat: () => {
      if (Date.now() - last >= EVERY_MS) tick();
    },
    seen: (stream, page, rows) => {
      live = { stream, page, rows };
    },
    stop: async () => {
      clearInterval(timer);
      await working;
    },
  };
}
