import type { PoolClient } from "pg";
import { copyPool } from "#lib/db/pool.ts";

/** The statement that makes a connection the one that a run is worked on. */
const TAKES_THE_SOURCE = "pg_try_advisory_lock(";

/**
 * Counts the statements of whatever connection works on a run, from the one after its lock, and calls `at` before the nth is sent. Has to be
 * set before the pool opens its first connection; `next` starts a new count.
 */
export function cutPoints(): { next(nth: number, at: (client: PoolClient) => Promise<void> | void): void; readonly count: number } {
  let count = 0;
  let wanted = Number.POSITIVE_INFINITY;
  let act: (client: PoolClient) => Promise<void> | void = () => {};
  copyPool().on("connect", (client: PoolClient) => {
    let isWorking = false;
    const send = client.query.bind(client) as (...args: unknown[]) => unknown;
    const counted = (...args: unknown[]): unknown => {
      const [first] = args;
      const text = typeof first === "string" ? first : ((first as { text?: string } | undefined)?.text ?? "");
      if (!isWorking) {
        isWorking = text.includes(TAKES_THE_SOURCE);
        return send(...args);
      }
      if (text.includes("pg_advisory_unlock")) isWorking = false;
      count += 1;
      // A COPY is handed over as a stream that pg drives; it cannot wait, so it goes out and fails by itself.
      if (count !== wanted || typeof (first as { submit?: unknown }).submit === "function") return send(...args);
      return Promise.resolve(act(client)).then(() => send(...args));
    };
    Object.assign(client, { query: counted });
  });
  return {
    next(nth, at) {
      count = 0;
      wanted = nth;
      act = at;
    },
    get count() {
      return count;
    },
  };
}
