import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";

const run = promisify(execFile);
const folder = mkdtempSync(path.join(tmpdir(), "countersign-backup-"));
const [original, copy] = [path.join(folder, "original"), path.join(folder, "copy")];

/** As an operator has it: nothing set but where the data lies. */
async function cli(script: string, dataFolder: string, ...args: string[]): Promise<string> {
  const { DATABASE_URL: _url, DATABASE_OWNER_URL: _owner, ...inherited } = process.env;
  const env = { ...inherited, COUNTERSIGN_DATA_DIR: dataFolder };
  return (await run(process.execPath, ["--conditions=react-server", path.join(import.meta.dirname, script), ...args], { env })).stdout;
}

async function up(dataFolder: string): Promise<pg.Client> {
  const url = /DATABASE_URL='([^']+)'/.exec(await cli("database.ts", dataFolder, "up"))?.[1];
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  return client;
}

let client: pg.Client;
beforeAll(async () => {
  client = await up(original);
}, 120_000);
afterAll(async () => {
  await client.end();
  for (const each of [original, copy]) await cli("database.ts", each, "down");
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

const note = (at: number) => client.query("INSERT INTO settings (key, value) VALUES ($1, to_jsonb(repeat('x', 2000)))", [`test.${at}`]);
const notes = async (of: pg.Client) =>
  (await of.query<{ key: string }>("SELECT key FROM settings WHERE key LIKE 'test.%' ORDER BY substr(key, 6)::int")).rows.map(
    ({ key }) => key,
  );

it("a backup taken while the database is written to starts, with all that was there before it and nothing half", async () => {
  for (let at = 0; at < 200; at += 1) await note(at);
  let written = 200;
  let isTaken = false;
  const backup = cli("backup.ts", original, copy).then((said) => {
    isTaken = true;
    return said;
  });
  for (; !isTaken; written += 1) await note(written);
  expect(await backup).toContain(`Backed up to ${copy}`);

  const restored = await up(copy);
  const found = await notes(restored);
  expect(found.length).toBeGreaterThanOrEqual(200);
  expect(found.length).toBeLessThanOrEqual(written);
  // One moment's state: a row is there only with all that were committed before it.
  expect(found).toEqual(Array.from({ length: found.length }, (_, at) => `test.${at}`));
  await restored.query("INSERT INTO settings (key, value) VALUES ('test.after', '1')");
  await restored.end();
  expect(await notes(client).then(({ length }) => length)).toBe(written);
  const secret = "secrets/encryption-key";
  expect(readFileSync(path.join(copy, secret), "utf8")).toBe(readFileSync(path.join(original, secret), "utf8"));
  expect(statSync(path.join(copy, secret)).mode & 0o777).toBe(0o600);
}, 120_000);

it("a folder that holds something already is refused, and stays as it is", async () => {
  await expect(cli("backup.ts", original, original)).rejects.toMatchObject({ stderr: expect.stringContaining("is not empty") });
});
