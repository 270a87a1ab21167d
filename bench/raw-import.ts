import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { fileOf, HEADERS, STREAM_FILES, type StreamFile } from "./data.ts";

/**
 * The baselines of ingest: what somebody who knows PostgreSQL writes to get the same rows into tables of the same columns with the same
 * indexes, and nothing else. No check of a value, no refused record, no ledger, no gate, no history, no matching, no audit, no foreign key.
 */

const SOURCE = "'01a00000-0000-7000-8000-000000000002'::uuid";
const run = (number: number): string => `'01a00000-0000-7000-8000-0000000001${String(number % 100).padStart(2, "0")}'::uuid`;

const WORDS = "('never', 'unknown', 'not_supported')";
const moment = (name: string): Columns => ({
  [`${name}_kind`]: `CASE WHEN s.${name} IS NULL THEN 'unknown' WHEN s.${name} IN ${WORDS} THEN s.${name} ELSE 'value' END`,
  [`${name}_at`]: `CASE WHEN s.${name} NOT IN ${WORDS} THEN s.${name}::timestamptz(3) END`,
});
const same = (...names: string[]): Columns => Object.fromEntries(names.map((name) => [name, `s.${name}`]));

/** Name and SQL of each column of the live table that the file tells. */
type Columns = Readonly<Record<string, string>>;
type Raw = { key: readonly string[]; columns: Columns; from: string; indexes: readonly string[] };

const record = (stream: StreamFile, columns: Columns, join = ""): Raw => ({
  key: ["external_id"],
  columns: { external_id: "s.external_id", ...columns },
  from: `raw.staged_${stream} s ${join}`,
  indexes: [`ALTER TABLE raw.${stream} ADD PRIMARY KEY (id)`, `CREATE UNIQUE INDEX ON raw.${stream} (source_id, external_id)`],
});

const RAW: Readonly<Record<StreamFile, Raw>> = {
  people: record("people", {
    ...same("name", "mail", "user_name", "title", "department", "manager", "employment", "status"),
    started_on: "s.started_on::date",
  }),
  identities: record("identities", {
    ...same("name", "login", "mail", "class", "status", "person", "owner", "environment", "interactive"),
    ...moment("created"),
    ...moment("last_used"),
  }),
  resources: record("resources", same("name", "class", "environment", "sensitivity", "owner")),
  entitlements: record(
    "entitlements",
    { ...same("resource", "name", "meaning", "privileged"), resource_id: "r.id" },
    "LEFT JOIN raw.resources r ON r.external_id = s.resource",
  ),
  grants: {
    key: ["holder_id", "entitlement_id"],
    columns: {
      holder_kind: "s.holder_kind",
      holder_id: "coalesce(i.id, h.id)",
      entitlement_id: "e.id",
      ...moment("started"),
      ...moment("expires"),
      ...moment("last_used"),
      ...same("granted_by", "reason", "options"),
    },
    from: `raw.staged_grants s LEFT JOIN raw.identities i ON s.holder_kind = 'identity' AND i.external_id = s.holder
      LEFT JOIN raw.entitlements h ON s.holder_kind = 'entitlement' AND h.external_id = s.holder JOIN raw.entitlements e ON e.external_id = s.entitlement`,
    indexes: [
      "ALTER TABLE raw.grants ADD PRIMARY KEY (source_id, id)",
      "CREATE UNIQUE INDEX ON raw.grants (holder_id, entitlement_id, source_id) WHERE ended_run_id IS NULL",
      "CREATE INDEX ON raw.grants (entitlement_id)",
      "CREATE INDEX ON raw.grants USING BRIN (opened_run_id)",
    ],
  },
};

const selected = (columns: Columns): string =>
  Object.entries(columns)
    .map(([name, sql]) => `${sql} AS ${name}`)
    .join(", ");

/** Real randomness for a million rows takes longer than all the rest of them. */
const idOf = (stream: StreamFile, number: number): string => `md5('${stream} ${number} ' || s.ctid::text)::uuid`;

async function inTransaction(client: pg.Client, body: () => Promise<void>): Promise<void> {
  await client.query("BEGIN");
  await client.query("SET LOCAL work_mem = '128MB'; SET LOCAL maintenance_work_mem = '128MB'; SET LOCAL TimeZone = 'UTC'");
  await body();
  await client.query("COMMIT");
}

export const dropRaw = (client: pg.Client) => client.query("DROP SCHEMA IF EXISTS raw CASCADE; CREATE SCHEMA raw");

async function copyAll(client: pg.Client, folder: string): Promise<void> {
  for (const stream of STREAM_FILES) {
    await client.query(`DROP TABLE IF EXISTS raw.staged_${stream}`);
    await client.query(`CREATE UNLOGGED TABLE raw.staged_${stream} (${HEADERS[stream].map((name) => `${name} text`).join(", ")})`);
    const sink = client.query(copyFrom(`COPY raw.staged_${stream} FROM STDIN (FORMAT csv, HEADER true)`));
    await pipeline(createReadStream(fileOf(folder, stream), { highWaterMark: 1 << 20 }), sink);
  }
}

/** COPY into unlogged staging, heap first, indexes after; committed to disk. */
export async function rawFirstImport(client: pg.Client, folder: string): Promise<void> {
  await inTransaction(client, async () => {
    await copyAll(client, folder);
    for (const stream of STREAM_FILES) {
      const { columns, from, indexes } = RAW[stream];
      await client.query(
        `CREATE TABLE raw.${stream} AS SELECT ${idOf(stream, 0)} AS id, ${SOURCE} AS source_id, ${selected(columns)}, ${run(0)} AS opened_run_id,
           NULL::uuid AS ended_run_id, NULL::timestamptz(3) AS ended_at, NULL::text AS end_reason FROM ${from}`,
      );
      for (const index of indexes) await client.query(index);
    }
  });
}

/** Every live row against every staged one by a hash join, and only what differs is written. */
export async function rawReimport(client: pg.Client, folder: string, number: number): Promise<void> {
  await inTransaction(client, async () => {
    await copyAll(client, folder);
    for (const stream of STREAM_FILES) {
      const { key, columns, from } = RAW[stream];
      const names = Object.keys(columns);
      const others = names.filter((name) => !key.includes(name));
      const row = (of: string) => `ROW(${others.map((name) => `${of}.${name}`).join(", ")})`;
      await client.query(`ANALYZE raw.staged_${stream}`);
      await client.query(
        `CREATE TEMP TABLE changed ON COMMIT DROP AS SELECT t.id, v.* FROM (SELECT ${selected(columns)} FROM ${from}) v
         FULL JOIN (SELECT * FROM raw.${stream} WHERE ended_run_id IS NULL) t ON ${key.map((name) => `t.${name} = v.${name}`).join(" AND ")}
         WHERE t.id IS NULL OR v.${key[0]} IS NULL OR ${row("v")} IS DISTINCT FROM ${row("t")}`,
      );
      await client.query(
        `UPDATE raw.${stream} t SET ended_run_id = ${run(number)}, ended_at = now() FROM changed c WHERE t.id = c.id${stream === "grants" ? ` AND t.source_id = ${SOURCE}` : ""}`,
      );
      await client.query(
        `INSERT INTO raw.${stream} (id, source_id, ${names.join(", ")}, opened_run_id) SELECT gen_random_uuid(), ${SOURCE}, ${names.join(", ")}, ${run(number)}
         FROM changed WHERE ${key[0]} IS NOT NULL`,
      );
      await client.query("DROP TABLE changed");
    }
  });
}

/** Every row of the file is written again under its key; what was not in it is ended. */
export async function rawUpsert(client: pg.Client, folder: string, number: number): Promise<void> {
  await inTransaction(client, async () => {
    await copyAll(client, folder);
    for (const stream of STREAM_FILES) {
      const { key, columns, from } = RAW[stream];
      const names = Object.keys(columns);
      const others = names.filter((name) => !key.includes(name));
      const target = stream === "grants" ? "(holder_id, entitlement_id, source_id) WHERE ended_run_id IS NULL" : "(source_id, external_id)";
      await client.query(`ANALYZE raw.staged_${stream}`);
      await client.query(
        `INSERT INTO raw.${stream} (id, source_id, ${names.join(", ")}, opened_run_id) SELECT ${idOf(stream, number)}, ${SOURCE}, ${Object.values(columns).join(", ")}, ${run(number)} FROM ${from}
         ON CONFLICT ${target} DO UPDATE SET ${others.map((name) => `${name} = excluded.${name}`).join(", ")}, opened_run_id = excluded.opened_run_id, ended_run_id = NULL`,
      );
      await client.query(
        `UPDATE raw.${stream} SET ended_run_id = ${run(number)}, ended_at = now() WHERE ended_run_id IS NULL AND opened_run_id <> ${run(number)}`,
      );
    }
  });
}
