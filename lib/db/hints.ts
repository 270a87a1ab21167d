import "server-only";
import pg from "pg";
import { env } from "#lib/env.ts";

/** What changed, by kind and whose: never the change itself. Whoever cares reads again. */
export type Hint = { kind: string; sourceId?: string };
type Listener = { onHint: (hint: Hint) => void; onEnd: () => void };

const KEY = Symbol.for("countersign.hints");
const RETRY_MS = 1_000;

/** One connection a process that listens for all its streams; it is opened by the first and closed after the last. */
class Hub {
  readonly #listeners = new Set<Listener>();
  #client: pg.Client | null = null;
  #isEnding = false;

  add(listener: Listener): () => void {
    if (this.#isEnding) {
      listener.onEnd();
      return () => {};
    }
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) void this.#connect();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#disconnect();
    };
  }

  /** The process is told to stop: streams that stay open would keep the server from ending. */
  end(): void {
    this.#isEnding = true;
    for (const listener of [...this.#listeners]) listener.onEnd();
    this.#listeners.clear();
    this.#disconnect();
  }

  async #connect(): Promise<void> {
    const client = new pg.Client({ connectionString: env().DATABASE_URL, application_name: "countersign", keepAlive: true });
    this.#client = client;
    client.on("error", () => this.#retry(client));
    client.on("end", () => this.#retry(client));
    client.on("notification", ({ payload }) => this.#tell(payload));
    try {
      await client.connect();
      await client.query("LISTEN countersign");
      // What happened while nobody listened is unknown: everybody looks again.
      this.#tell(JSON.stringify({ kind: "all" }));
    } catch {
      this.#retry(client);
    }
  }

  #tell(payload: string | undefined): void {
    try {
      const hint = JSON.parse(payload ?? "") as Hint;
      for (const listener of this.#listeners) listener.onHint(hint);
    } catch {
      // Not a hint of ours.
    }
  }

  #retry(client: pg.Client): void {
    if (this.#client !== client) return;
    this.#client = null;
    client.end().catch(() => undefined);
    setTimeout(() => {
      if (this.#client === null && this.#listeners.size > 0) void this.#connect();
    }, RETRY_MS).unref();
  }

  #disconnect(): void {
    const client = this.#client;
    this.#client = null;
    client?.end().catch(() => undefined);
  }
}

function hub(): Hub {
  const all = globalThis as unknown as Record<symbol, Hub | undefined>;
  const found = all[KEY];
  if (found) return found;
  const made = new Hub();
  all[KEY] = made;
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => made.end());
  return made;
}

/** Calls back at each hint until the returned function is called. `onEnd` comes once where the process stops first. */
export const listen = (onHint: (hint: Hint) => void, onEnd: () => void): (() => void) => hub().add({ onHint, onEnd });
