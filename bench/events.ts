import { spawnSync } from "node:child_process";
import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { sessionScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { importAccessEvents } from "#lib/sessions/commands/import-events.ts";
import { ensureMonths } from "#lib/sessions/partitions.sql.ts";
import { boardTotals, eventTallies, laneSessions, listSessions, sessionTallies } from "#lib/sessions/queries.ts";
import { DIMENSIONS, foldDeltas, HOURS } from "#lib/sessions/rollup.sql.ts";
import { boardParams } from "#lib/sessions/search-params.ts";
import { spanOf } from "#lib/sessions/series.ts";
import { inTurn } from "../cli/in-turn.ts";
import { median, rounded } from "./figures.ts";
import type { Bench, Workload } from "./harness.ts";
import { operator } from "./source.ts";
import { filesOf, READY_COLUMNS, readyFile, trailFile, UNTIL } from "./trail-data.ts";

/** Ten events for a grant: a log grows faster than an inventory. */
const eventsOf = ({ rows }: Bench): number => rows * 10;

const APPEND_ONLY = ["access_events", "access_event_batches", "access_event_rejects"];

/** As before the first import, partitions kept. Only a superuser gets past the triggers. */
async function emptyEvents(admin: pg.Client): Promise<void> {
  const { rows } = await admin.query<{ name: string }>(
    "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'access_events'::regclass",
  );
  const guarded = [...APPEND_ONLY, ...rows.map(({ name }) => name)];
  for (const table of guarded) await admin.query(`ALTER TABLE ${table} DISABLE TRIGGER append_only_truncate`);
  await admin.query(
    "TRUNCATE access_events, access_event_batches, access_event_rejects, access_event_hours, access_event_deltas, sessions",
  );
  for (const table of guarded) await admin.query(`ALTER TABLE ${table} ENABLE ALWAYS TRIGGER append_only_truncate`);
}

type Log = Pick<Bench, "folder" | "progress"> & { events: number; users?: number };

/** A source with a written log, and the partitions that both sides fill. */
export async function prepareLog({ events, users, ...to }: Log): Promise<{ folder: string; sourceId: string; files: number }> {
  const folder = path.join(to.folder, "trail");
  to.progress(`writing ${events} access events`);
  const args = [path.join(import.meta.dirname, "trail-data.ts"), folder, ...[events, users ?? []].flat().map(String)];
  const child = spawnSync(process.execPath, args, { stdio: "inherit" });
  if (child.status !== 0) throw new Error("The log could not be written.");
  await ensureMonths(["2026-10", "2026-11"]);
  const [source] = await reader.rows<{ id: string }>("INSERT INTO sources (name, kind, config) VALUES ('AWS', 'files', '{}') RETURNING id");
  return { folder, sourceId: source?.id ?? "", files: filesOf(events) };
}

/** As the command line does. */
export async function importAll(sourceId: string, folder: string, files: number): Promise<number> {
  let kept = 0;
  const importOne = (at: number) =>
    importAccessEvents(
      operator(),
      { sourceId, name: `trail-${at}.json` },
      createReadStream(trailFile(folder, at), { highWaterMark: 1 << 18 }),
    );
  const all = Array.from({ length: files }, (_, at) => at);
  for await (const outcome of inTurn(all, importOne)) kept += outcome.kept;
  return kept;
}

async function copyReady(admin: pg.Client, folder: string): Promise<number> {
  const sink = admin.query(copyFrom(`COPY access_events (${READY_COLUMNS}) FROM STDIN`));
  await pipeline(createReadStream(readyFile(folder), { highWaterMark: 1 << 18 }), sink);
  return sink.rowCount;
}

const scope = () => sessionScope(operator().actor);
const END = new Date(UNTIL).toISOString();

/** What a board of thirty days reads. */
async function readBoard(): Promise<void> {
  const params = boardParams.parse({ range: "month", show: "now" });
  const span = spanOf("month", UNTIL);
  await Promise.all([
    boardTotals(scope(), END, END),
    listSessions(scope(), params, END),
    laneSessions(scope(), END, END),
    eventTallies(scope(), span, "class"),
    sessionTallies(scope(), span, "class"),
  ]);
}

async function timesOf(work: () => Promise<unknown>, repeats: number): Promise<number> {
  const times: number[] = [];
  for (let at = 0; at <= repeats; at += 1) {
    const began = process.hrtime.bigint();
    await work();
    if (at > 0) times.push(Number(process.hrtime.bigint() - began) / 1e6);
  }
  return median(times);
}

export const intake: Workload = {
  id: "W11",
  what: "access events from log files into partitions, sessions and roll-up, ten for a grant",
  baseline: "COPY of the same events, as lines made ready, into the same partitions",
  target: { kind: "at least", ratio: 0.7 },
  measure: "rate",
  prepare: async (bench) => {
    const { folder, sourceId, files } = await prepareLog({ ...bench, events: eventsOf(bench) });
    return {
      before: () => emptyEvents(bench.admin),
      ours: () => importAll(sourceId, folder, files),
      baseline: () => copyReady(bench.admin, folder),
      also: async () => {
        await emptyEvents(bench.admin);
        await importAll(sourceId, folder, files);
        await foldDeltas(reader);
        await bench.admin.query("VACUUM ANALYZE");
        return { name: "30-day board, ms", value: rounded(await timesOf(readBoard, 9)), atMost: 50 };
      },
      close: () => rm(folder, { recursive: true, force: true }),
    };
  },
};

const SPAN = `'${new Date(UNTIL - 30 * 86_400_000).toISOString()}'::timestamptz AND '${END}'::timestamptz`;
const SUMS = DIMENSIONS.slice(1).join(", ");

export const boardNumbers: Workload = {
  id: "W6",
  what: "thirty days of the board's numbers, from the roll-up and what is not folded, equal to the events",
  baseline: "GROUP BY over the events",
  target: { kind: "at least", ratio: 40 },
  prepare: async (bench) => {
    const { folder, sourceId, files } = await prepareLog({ ...bench, events: eventsOf(bench) });
    await importAll(sourceId, folder, files - 1);
    await foldDeltas(reader);
    await importAll(sourceId, folder, files);
    await bench.admin.query("VACUUM ANALYZE");
    const rolled = `SELECT ${SUMS}, sum(events)::bigint AS events FROM ${HOURS} h WHERE hour BETWEEN ${SPAN} GROUP BY ${SUMS}`;
    const grouped = `SELECT ${SUMS}, count(*) AS events FROM access_events WHERE occurred_at BETWEEN ${SPAN} GROUP BY ${SUMS}`;
    const { rows } = await bench.admin.query<{ differ: string }>(
      `SELECT count(*) AS differ FROM ((${rolled}) EXCEPT (${grouped}) UNION ALL ((${grouped}) EXCEPT (${rolled}))) d`,
    );
    if (rows[0]?.differ !== "0") throw new Error("The roll-up and the events differ.");
    return {
      ours: async () => void (await bench.admin.query(rolled)),
      baseline: async () => void (await bench.admin.query(grouped)),
      close: () => rm(folder, { recursive: true, force: true }),
    };
  },
};
