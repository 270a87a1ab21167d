import "server-only";
import pg from "pg";
import { env } from "#lib/env.ts";

type Held = { app?: pg.Pool; copy?: pg.Pool; aside?: pg.Pool; sealer?: pg.Pool };
const KEY = Symbol.for("countersign.pools");

/** One Next process loads a module several times; the pools must not follow. */
function held(): Held {
  const all = globalThis as unknown as Record<symbol, Held | undefined>;
  const found = all[KEY] ?? {};
  all[KEY] = found;
  return found;
}

type PoolOptions = {
  /** A statement is sent at once, though the one before it is not answered yet. COPY cannot be: such a connection refuses it. */
  pipeline?: boolean;
};

export function makePool(connectionString: string, max: number, options: PoolOptions = {}): pg.Pool {
  const pool = new pg.Pool({ ...options, connectionString, max, application_name: "countersign", idleTimeoutMillis: 30_000 });
  // An idle connection that dies (PostgreSQL restarted) is replaced at the next use; without a listener it would end the process.
  pool.on("error", (error) =>
    console.error(JSON.stringify({ level: "warn", message: "idle database connection lost", error: error.message })),
  );
  return pool;
}

/** The app's role. */
export function appPool(): pg.Pool {
  const pools = held();
  pools.app ??= makePool(env().DATABASE_URL, 12, { pipeline: true });
  return pools.app;
}

/** The app's role, for work that copies: sync runs, imports of logs, packs. */
export function copyPool(): pg.Pool {
  const pools = held();
  pools.copy ??= makePool(env().DATABASE_URL, 4);
  return pools.copy;
}

/** For what is done while the caller holds one of the app's connections: from the same pool, as many callers as it has would wait for each other. */
export function asidePool(): pg.Pool {
  const pools = held();
  pools.aside ??= makePool(env().DATABASE_URL, 2);
  return pools.aside;
}

/** The sealer's role: may write leaves, nodes and checkpoints. */
export function sealerPool(): pg.Pool {
  const pools = held();
  pools.sealer ??= makePool(env().DATABASE_SEALER_URL ?? env().DATABASE_URL, 3);
  return pools.sealer;
}

export async function closePools(): Promise<void> {
  const pools = held();
  const open = [pools.app, pools.copy, pools.aside, pools.sealer];
  delete pools.app;
  delete pools.copy;
  delete pools.aside;
  delete pools.sealer;
  await Promise.all(open.map((pool) => pool?.end()));
}
