import { spawnSync } from "node:child_process";
import path from "node:path";
import pg from "pg";
import type { Cluster } from "#lib/db/embedded/cluster.ts";
import { type DatabaseUrls, ensureDatabase } from "#lib/db/embedded/databases.ts";
import { encryptionKey, randomPassword, signingKey } from "#lib/db/embedded/secrets.ts";

export type OwnDatabase = {
  urls: DatabaseUrls;
  /** The superuser, in this database. */
  admin: pg.Client;
  /** What any program on it has to be told. */
  env: Record<string, string>;
};

/** A migrated database on this server, with this process's environment set to it: to be called before anything connects. */
export async function ownDatabase(cluster: Cluster, name: string, folder: string): Promise<OwnDatabase> {
  const password = randomPassword();
  const urls = await ensureDatabase(cluster.url("postgres"), name, async () => password);
  migrate(urls.owner);
  const env = {
    DATABASE_URL: urls.app,
    DATABASE_SEALER_URL: urls.sealer,
    COUNTERSIGN_DATA_DIR: path.join(folder, name),
    COUNTERSIGN_SIGNING_KEY: signingKey(),
    COUNTERSIGN_ENCRYPTION_KEY: encryptionKey(),
    NEXTAUTH_SECRET: randomPassword(),
  };
  Object.assign(process.env, env);
  const admin = new pg.Client({ connectionString: cluster.url(name) });
  admin.on("error", () => {}); // the server ends, or is ended; whoever uses this connection next hears of it
  await admin.connect();
  return { urls, admin, env };
}

function migrate(ownerUrl: string): void {
  const script = path.join(import.meta.dirname, "../prisma/migrate.ts");
  const env = { ...process.env, DATABASE_OWNER_URL: ownerUrl, DATABASE_URL: "" };
  const child = spawnSync(process.execPath, ["--conditions=react-server", script], { env, stdio: ["ignore", "ignore", "inherit"] });
  if (child.status !== 0) throw new Error("The database could not be migrated.");
}
