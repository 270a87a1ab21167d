import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import path from "node:path";
import pg from "pg";
import { afterAll, beforeAll, inject } from "vitest";
import { type DatabaseUrls, ensureLogin, withLogin } from "#lib/db/embedded/databases.ts";
import { closePools } from "#lib/db/pool.ts";
import { closePrisma } from "#lib/db/prisma.ts";
import { TEMPLATE } from "./cluster.ts";

export type TestDatabase = DatabaseUrls & {
  readonly name: string /** The superuser, in this database. */;
  readonly admin: string;
  drop(): Promise<void>;
};

async function asAdmin<T>(body: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: inject("cluster").adminUrl });
  await admin.connect();
  try {
    return await body(admin);
  } finally {
    await admin.end();
  }
}

/**
 * A migrated database of its own, copied from the template: every object with its rights. Its roles are `<name>_app` and so on, as in
 * production, and inherit what the template's roles were given. The owner is the template's own.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { adminUrl, rolePassword } = inject("cluster");
  const name = `t_${randomBytes(5).toString("hex")}`;
  const kinds = ["app", "sealer", "reader"] as const;
  await asAdmin(async (admin) => {
    await admin.query(`CREATE DATABASE ${name} OWNER ${TEMPLATE}_owner TEMPLATE ${TEMPLATE}`);
    for (const kind of kinds) {
      await ensureLogin(admin, `${name}_${kind}`, rolePassword);
      await admin.query(`GRANT ${TEMPLATE}_${kind} TO ${name}_${kind}`);
    }
  });
  const url = (role: string) => withLogin(adminUrl, name, role, rolePassword);
  const admin = new URL(adminUrl);
  admin.pathname = `/${name}`;
  return {
    name,
    admin: admin.toString(),
    owner: url(`${TEMPLATE}_owner`),
    app: url(`${name}_app`),
    sealer: url(`${name}_sealer`),
    reader: url(`${name}_reader`),
    drop: () =>
      asAdmin(async (client) => {
        await client.query(`DROP DATABASE ${name} WITH (FORCE)`);
        for (const kind of kinds) await client.query(`DROP ROLE ${name}_${kind}`);
      }),
  };
}

/**
 * For the top of a `*.db.test.ts`: a database for this file, and the process's environment set to it before anything connects.
 * The returned object is filled before the first test runs.
 */
export function ownTestDatabase(): TestDatabase {
  const database = {} as TestDatabase;
  let files = "";
  beforeAll(async () => {
    const { folder, signingKey, encryptionKey } = inject("cluster");
    Object.assign(database, await createTestDatabase());
    files = mkdtempSync(path.join(folder, "files-"));
    Object.assign(process.env, {
      DATABASE_URL: database.app,
      DATABASE_OWNER_URL: database.owner,
      DATABASE_SEALER_URL: database.sealer,
      COUNTERSIGN_DATA_DIR: files,
      COUNTERSIGN_SIGNING_KEY: signingKey,
      COUNTERSIGN_ENCRYPTION_KEY: encryptionKey,
      NEXTAUTH_SECRET: "only-for-tests-never-elsewhere",
      APP_ORIGIN: "http://localhost:3000",
    });
  });
  afterAll(async () => {
    await closePrisma();
    await closePools();
    await database.drop?.();
    if (files) rmSync(files, { recursive: true, force: true });
  });
  return database;
}
