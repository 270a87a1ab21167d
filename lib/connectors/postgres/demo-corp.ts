import pg from "pg";
import { APPLICATION_NAME } from "./client.ts";
import { DEMO_CORP_READER, DEMO_CORP_WRITER, demoCorpSql } from "./demo-corp.sql.ts";
import type { PostgresSettings } from "./schema.ts";
import { postgresSettings } from "./schema.ts";

export const DEMO_CORP = "demo_corp";
/** Any number will do, as long as all processes that set up the demo take the same. */
const SETUP_LOCK = 7_102_026;

export type DemoCorpPasswords = { readonly reader: string; readonly writer: string };

/**
 * Makes the demo's source on the server of `adminUrl` (a superuser's): the database demo_corp with roles, groups, schemas and grants.
 * Done once and whole. A later call sets the two passwords and leaves the rest alone: what somebody revoked must not grow back at the
 * next start. Answers whether it was made now.
 */
export async function ensureDemoCorp(adminUrl: string, passwords: DemoCorpPasswords): Promise<boolean> {
  await as(adminUrl, async (admin) => {
    const { rowCount } = await admin.query("SELECT FROM pg_database WHERE datname = $1", [DEMO_CORP]);
    if (rowCount === 0) await admin.query(`CREATE DATABASE ${DEMO_CORP}`);
  });
  const inside = new URL(adminUrl);
  inside.pathname = `/${DEMO_CORP}`;
  return as(inside.href, async (admin) => {
    await admin.query("BEGIN");
    await admin.query("SELECT pg_advisory_xact_lock($1)", [SETUP_LOCK]);
    const { rowCount: isMade } = await admin.query("SELECT FROM pg_roles WHERE rolname = $1", [DEMO_CORP_READER]);
    if (isMade) {
      await admin.query(`ALTER ROLE ${DEMO_CORP_READER} PASSWORD ${pg.escapeLiteral(passwords.reader)}`);
      await admin.query(`ALTER ROLE ${DEMO_CORP_WRITER} PASSWORD ${pg.escapeLiteral(passwords.writer)}`);
    } else {
      const { rows } = await admin.query<{ version: number }>("SELECT current_setting('server_version_num')::int AS version");
      await admin.query(demoCorpSql(rows[0]?.version ?? 0, passwords));
    }
    await admin.query("COMMIT");
    return !isMade;
  });
}

async function as<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: APPLICATION_NAME });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** How the demo's source is set up: of the server it is part of, only demo_corp, and without the roles of Countersign's own databases. */
export function demoCorpSettings(place: { host: string; port: number }): PostgresSettings {
  return postgresSettings.parse({
    ...place,
    database: DEMO_CORP,
    user: DEMO_CORP_READER,
    writerUser: DEMO_CORP_WRITER,
    tls: { mode: "disable" },
    databases: { only: [DEMO_CORP] },
    exceptRoles: ["countersign_*"],
    classes: [
      { pattern: "svc_*", class: "service" },
      { pattern: "ci_*", class: "pipeline" },
    ],
    breakGlass: ["breakglass_*", "postgres"],
    environment: "prod",
  });
}
