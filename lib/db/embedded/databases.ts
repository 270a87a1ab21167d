import pg from "pg";

/** The roles of one database. The owner migrates and does nothing else. */
export const ROLE_KINDS = ["owner", "app", "sealer", "reader"] as const;
export type RoleKind = (typeof ROLE_KINDS)[number];
export type DatabaseUrls = Readonly<Record<RoleKind, string>>;

export type PasswordOf = (role: string) => Promise<string>;

const quoted = (name: string): string => pg.escapeIdentifier(name);

/**
 * Makes the database and its four roles where they are missing, and sets their passwords to ours. Nobody else may connect to it.
 * What each role may do inside is the migrations' business.
 */
export async function ensureDatabase(adminUrl: string, name: string, passwordOf: PasswordOf): Promise<DatabaseUrls> {
  const admin = new pg.Client({ connectionString: adminUrl, application_name: "countersign start" });
  await admin.connect();
  try {
    const urls = {} as Record<RoleKind, string>;
    for (const kind of ROLE_KINDS) {
      const role = `${name}_${kind}`;
      const password = await passwordOf(role);
      await ensureLogin(admin, role, password);
      urls[kind] = withLogin(adminUrl, name, role, password);
    }
    const { rowCount } = await admin.query("SELECT 1 FROM pg_database WHERE datname = $1", [name]);
    if (rowCount === 0) await admin.query(`CREATE DATABASE ${quoted(name)} OWNER ${quoted(`${name}_owner`)} TEMPLATE template0`);
    await admin.query(`REVOKE ALL ON DATABASE ${quoted(name)} FROM PUBLIC`);
    for (const kind of ["app", "sealer", "reader"]) {
      await admin.query(`GRANT CONNECT ON DATABASE ${quoted(name)} TO ${quoted(`${name}_${kind}`)}`);
    }
    // A freeze collects its facts in temporary tables. They are the session's own; our definer functions look in public first.
    await admin.query(`GRANT TEMPORARY ON DATABASE ${quoted(name)} TO ${quoted(`${name}_app`)}`);
    return urls;
  } finally {
    await admin.end();
  }
}

/** A login that can do nothing yet. */
export async function ensureLogin(admin: pg.ClientBase, role: string, password: string): Promise<void> {
  const { rowCount } = await admin.query("SELECT 1 FROM pg_roles WHERE rolname = $1", [role]);
  const verb = rowCount === 0 ? "CREATE" : "ALTER";
  await admin.query(
    `${verb} ROLE ${quoted(role)} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD ${pg.escapeLiteral(password)}`,
  );
}

export function withLogin(serverUrl: string, database: string, role: string, password: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  url.username = role;
  url.password = encodeURIComponent(password);
  return url.toString();
}
