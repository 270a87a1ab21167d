import { APPLICATION_NAME, type Session } from "./client.ts";
import { identityKey } from "./keys.ts";
import { fits } from "./schema.ts";
import { Collected, type Section } from "./sections.ts";
import { RULES, type Server } from "./server.ts";

type SessionRow = {
  pid: number;
  role: number;
  database: string | null;
  address: string | null;
  application: string;
  started: string | null;
  last_active: string | null;
};

const instant = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Without pg_read_all_stats the kind of another role's process is hidden, so that a list by kind would be short without a word. */
const OF_PEOPLE_AND_PROGRAMS = `a.usesysid IS NOT NULL AND a.backend_type IN ('client backend', 'walsender')`;

// Never the text of a statement: it may hold anything.
const readSessions = (session: Session, after: number, limit: number): Promise<SessionRow[]> =>
  session.rows(
    `SELECT a.pid, a.usesysid AS role, a.datname::text AS database, host(a.client_addr) AS address, a.application_name AS application,
       ${instant("a.backend_start")} AS started, ${instant("coalesce(a.state_change, a.backend_start)")} AS last_active
     FROM pg_stat_activity a WHERE ${OF_PEOPLE_AND_PROGRAMS} AND a.pid > $1 ORDER BY a.pid LIMIT $2`,
    [after, limit],
  );

export function sessionSections(server: Server): Section[] {
  return [
    {
      rank: 0,
      database: "",
      async read(after, limit) {
        const rows = await readSessions(server.entry, Number(after?.[0] ?? 0), limit);
        const into = new Collected();
        for (const row of rows) {
          const rule = ruleFor(row, server);
          if (rule) into.exclude(rule);
          else {
            into.records.push({
              external_id: `${row.pid}@${row.started}`,
              identity: identityKey(row.role),
              started: row.started,
              last_active: row.last_active,
              address: row.address ?? "local socket",
              client: row.application || null,
              authenticated_by: null,
              elevated_by: null,
              privileged: server.role(row.role)?.is_powerful ? "yes" : "no",
            });
          }
        }
        return into.slice(rows, limit, ({ pid }) => [pid]);
      },
    },
  ];
}

/** Anyone may call their program "countersign": a session is ours only if it is our account's as well. */
function ruleFor(row: SessionRow, { settings, databases, role }: Server): string | null {
  const holder = role(row.role);
  if (!holder) return RULES.later;
  if (holder.exclusion) return holder.exclusion;
  const isOurs = fits(row.application, [`${APPLICATION_NAME}*`]) && [settings.user, settings.writerUser].includes(holder.name);
  if (isOurs) return RULES.ownSession;
  const database = databases.find(({ name }) => name === row.database);
  return database?.exclusion ?? null;
}
