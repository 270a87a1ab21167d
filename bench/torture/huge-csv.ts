import { once } from "node:events";
import { createReadStream, createWriteStream, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { startSync } from "#lib/ingest/commands/start-sync.ts";
import { addFilesSource, operator } from "../source.ts";
import type { Experiment } from "./experiment.ts";
import { openStand, type Stand } from "./stand.ts";
import { makeUser, tokenOf } from "./token.ts";

const MIB = 2 ** 20;
const SIZE = { short: 20 * MIB, long: 1024 * MIB } as const;
/** What an import of any size may take (SRC-2). Node lets buffers lie until it needs their place, so a process grows, but not with the file. */
const MEMORY_MIB = 512;

/** A malformed CSV file, broken in its last row: uploaded over HTTP, refused by the worker with its place, memory flat, nothing left behind. */
export const hugeCsv: Experiment = {
  name: "huge-csv",
  promises: "P8",
  what: "a malformed CSV of 1 GB, uploaded and read",
  run: async ({ form, progress }) => {
    const stand = await openStand({ progress });
    try {
      const file = path.join(stand.folder, "people.csv");
      const lines = await writeBroken(file, SIZE[form]);
      const web = await stand.web();
      const worker = await stand.worker();
      const sourceId = await addFilesSource("Huge", ["people"]);
      const before = { web: peakMiB(web.pid), worker: peakMiB(worker.pid) };
      const token = await tokenOf(await makeUser(["platform_engineer"]));
      const status = await upload(`${web.url}/api/v1/sources/${sourceId}/files?name=people.csv`, token, file);
      const { runId } = await startSync(operator(), { sourceId });
      const run = await over(stand, runId);
      const peak = { web: peakMiB(web.pid), worker: peakMiB(worker.pid) };
      const place = `people.csv, line ${lines.toLocaleString("en")}, column 2 (name)`;
      const left = await leftBehind(stand);
      const broken = [
        ...(status === 200 ? [] : [`the upload was answered ${status}`]),
        ...(run.state === "FAILED" ? [] : [`the run is ${run.state}`]),
        ...(run.reasons.includes(place) ? [] : [`the refusal does not name ${place}: ${run.reasons}`]),
        ...Object.entries(peak).flatMap(([name, mib]) => (mib > MEMORY_MIB ? [`the ${name} took ${mib} MiB`] : [])),
        ...left.map((name) => `left behind: ${name}`),
      ];
      const figures = {
        MiB: Math.round(statSync(file).size / MIB),
        refused: `"${place}"`,
        "web grew MiB": peak.web - before.web,
        "worker grew MiB": peak.worker - before.worker,
        "worker peak MiB": peak.worker,
      };
      return { figures, broken };
    } finally {
      await stand.end();
    }
  },
};

/** Sound but for its last row, whose quote is never closed. Answers with that row's line. */
async function writeBroken(file: string, bytes: number): Promise<number> {
  const out = createWriteStream(file);
  const header = "external_id,name,mail,user_name,title,department,manager,employment,status,started_on\n";
  let written = header.length;
  let line = 1;
  out.write(header);
  while (written < bytes) {
    let block = "";
    for (let row = 0; row < 5_000; row += 1) {
      line += 1;
      block += `p${line},Person ${line},person.${line}@example.test,person.${line},Engineer,Platform,,employee,active,2024-01-01\n`;
    }
    written += block.length;
    if (!out.write(block)) await once(out, "drain");
  }
  out.end(`p0,"Person without an end,x,x,x,x,,employee,active,2024-01-01\n`);
  await once(out, "close");
  return line + 1;
}

async function upload(url: string, token: string, file: string): Promise<number> {
  const response = await fetch(url, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-length": String(statSync(file).size), "content-type": "text/csv" },
    body: Readable.toWeb(createReadStream(file, { highWaterMark: MIB })) as BodyInit,
    duplex: "half",
  } as RequestInit);
  await response.text();
  return response.status;
}

async function over({ admin }: Stand, runId: string): Promise<{ state: string; reasons: string }> {
  for (;;) {
    const { rows } = await admin.query<{ state: string; reasons: string }>(
      "SELECT state::text AS state, reasons::text AS reasons FROM sync_runs WHERE id = $1",
      [runId],
    );
    if (rows[0] && rows[0].state !== "RUNNING") return rows[0];
    await wait(200);
  }
}

/** But for the file itself, which stays as what was refused. */
async function leftBehind({ admin, env }: Stand): Promise<string[]> {
  const { rows } = await admin.query<{ name: string }>(
    `SELECT 'staging.' || relname AS name FROM pg_class WHERE relnamespace = 'staging'::regnamespace AND relkind = 'r'
     UNION ALL SELECT 'people' FROM people UNION ALL SELECT 'inventory_changes' FROM inventory_changes`,
  );
  const files = readdirSync(path.join(env.COUNTERSIGN_DATA_DIR ?? "", "files"));
  return [
    ...rows.map(({ name }) => name),
    ...files.filter((name) => name.startsWith(".")),
    ...(files.length > 1 ? ["more than one file"] : []),
  ];
}

function peakMiB(pid: number): number {
  const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Math.round(Number(kib ?? Number.NaN) / 1024);
}
