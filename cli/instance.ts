import { existsSync } from "node:fs";
import path from "node:path";
import pg from "pg";
import { type Cluster, startCluster, stopCluster } from "#lib/db/embedded/cluster.ts";
import { ensureDatabase } from "#lib/db/embedded/databases.ts";
import { holderOf } from "#lib/db/embedded/holder.ts";
import { encryptionKey, secret, signingKey } from "#lib/db/embedded/secrets.ts";
import { demoChoice, openFolder } from "./folder.ts";

export const ROOT = path.dirname(import.meta.dirname);

export type Variables = Record<string, string>;

/** A database that is ready to be connected to, and what the programs on it are to be told. */
export type Instance = {
  readonly folder: string;
  readonly demo: boolean;
  readonly database: string;
  /** For every program: the app's role, the keys, the folder. */
  readonly env: Variables;
  /** For the migration and the first-run seed alone. */
  readonly ownerEnv: Variables;
  /** Null when DATABASE_URL names a server that is not ours. */
  readonly cluster: Cluster | null;
};

export type InstanceOptions = { demo?: boolean | undefined; port?: number; progress: (line: string) => void };

export const dataFolder = (): string => path.resolve(process.env.COUNTERSIGN_DATA_DIR || path.join(ROOT, ".data"));

/** Opens the instance of this data folder, or the one that DATABASE_URL names; then nothing embedded is started and no key is made. */
export async function openInstance(options: InstanceOptions): Promise<Instance> {
  const folder = dataFolder();
  openFolder(folder);
  return process.env.DATABASE_URL ? openExternal(folder, process.env.DATABASE_URL) : openEmbedded(folder, options);
}

async function openExternal(folder: string, url: string): Promise<Instance> {
  const ownerUrl = process.env.DATABASE_OWNER_URL || url;
  for (const [name, candidate] of Object.entries({ DATABASE_URL: url, DATABASE_OWNER_URL: ownerUrl }))
    await refuseUnusable(name, candidate);
  const missing = ["COUNTERSIGN_SIGNING_KEY", "COUNTERSIGN_ENCRYPTION_KEY", "NEXTAUTH_SECRET"].filter(
    (name) => !process.env[name] && !(name.startsWith("COUNTERSIGN") && process.env[`${name}_FILE`]),
  );
  if (missing.length > 0) throw new Error(`With DATABASE_URL the keys come from the environment too. Missing: ${missing.join(", ")}.`);
  const database = new URL(url).pathname.slice(1);
  return {
    folder,
    demo: false,
    database,
    cluster: null,
    env: { DATABASE_URL: url, COUNTERSIGN_DATA_DIR: folder },
    ownerEnv: { DATABASE_OWNER_URL: ownerUrl },
  };
}

async function refuseUnusable(name: string, url: string): Promise<void> {
  if (!URL.canParse(url)) throw new Error(`${name} is not a URL: it looks like postgresql://user:password@host:5432/database.`);
  const where = `${new URL(url).host}${new URL(url).pathname}`;
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on("error", () => {});
  try {
    await client.connect();
  } catch (error) {
    throw new Error(`${name} cannot be reached (${where}): ${reason(error)}.`);
  }
  try {
    const { rows } = await client.query<{ version: number }>("SELECT current_setting('server_version_num')::int / 10000 AS version");
    const version = rows[0]?.version ?? 0;
    if (version < 15) throw new Error(`${name} is PostgreSQL ${version} (${where}); Countersign needs 15 or newer.`);
  } finally {
    await client.end();
  }
}

/** The driver wraps several attempts into one error without a message. */
function reason(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reason(error.errors[0]);
  return error instanceof Error && error.message ? error.message : String(error);
}

async function openEmbedded(folder: string, { demo: said, port, progress }: InstanceOptions): Promise<Instance> {
  const demo = demoChoice(folder, said);
  const database = demo ? "countersign_demo" : "countersign";
  const secrets = path.join(folder, "secrets");
  const cluster = await startEmbedded(folder, port, progress);
  const urls = await ensureDatabase(cluster.url("postgres"), database, (role) => secret(secrets, `postgres.${role}`));
  await Promise.all([secret(secrets, "signing-key.pem", signingKey), secret(secrets, "encryption-key", encryptionKey)]);
  const env: Variables = {
    DATABASE_URL: urls.app,
    DATABASE_SEALER_URL: urls.sealer,
    DATABASE_READER_URL: urls.reader,
    COUNTERSIGN_DATA_DIR: folder,
    COUNTERSIGN_SIGNING_KEY_FILE: path.join(secrets, "signing-key.pem"),
    COUNTERSIGN_ENCRYPTION_KEY_FILE: path.join(secrets, "encryption-key"),
    NEXTAUTH_SECRET: await secret(secrets, "nextauth"),
    COUNTERSIGN_DEMO: String(demo),
  };
  const ownerEnv = { DATABASE_OWNER_URL: urls.owner, ...(demo ? await openDemoCorp(cluster, secrets) : {}) };
  return { folder, demo, database, env, ownerEnv, cluster };
}

export async function startEmbedded(folder: string, port: number | undefined, progress: (line: string) => void): Promise<Cluster> {
  const home = path.join(folder, "pg");
  if (!existsSync(home)) progress("Making the database (PostgreSQL, first start only)");
  const cluster = await startCluster({
    folder: home,
    password: await secret(path.join(folder, "secrets"), "postgres"),
    logFile: path.join(folder, "logs", "postgres.log"),
    ...(port === undefined ? {} : { port }),
  });
  progress(cluster.adopted ? "Took over the PostgreSQL that was still running" : "PostgreSQL is up");
  return cluster;
}

/** The source that the demo reviews: a database with roles and grants of its own, on the same server. */
async function openDemoCorp(cluster: Cluster, secrets: string): Promise<Variables> {
  const { DEMO_CORP, ensureDemoCorp } = await import("#lib/connectors/postgres/demo-corp.ts");
  const { DEMO_CORP_READER, DEMO_CORP_WRITER } = await import("#lib/connectors/postgres/demo-corp.sql.ts");
  const password = (role: string) => secret(secrets, `postgres.${role}`);
  const passwords = { reader: await password(DEMO_CORP_READER), writer: await password(DEMO_CORP_WRITER) };
  await ensureDemoCorp(cluster.url("postgres"), passwords);
  return {
    DEMO_CORP_URL: cluster.url(DEMO_CORP, DEMO_CORP_READER, passwords.reader),
    DEMO_CORP_WRITER_URL: cluster.url(DEMO_CORP, DEMO_CORP_WRITER, passwords.writer),
  };
}

/** For short-lived programs: stops the server again where this process had to start it and nobody serves from the folder. */
export async function closeInstance({ cluster, folder }: Instance): Promise<void> {
  if (cluster && !cluster.adopted && holderOf(folder) === null) await stopCluster(cluster);
}
