import type { Scope } from "../contract.ts";
import type { Session } from "./client.ts";
import type { Server } from "./server.ts";

type ScopeRow = { is_superuser: boolean; reads_statistics: boolean; reads_settings: boolean; hidden: string[] };

const CATALOGUES = [
  "pg_roles",
  "pg_auth_members",
  "pg_database",
  "pg_shdescription",
  "pg_description",
  "pg_namespace",
  "pg_class",
  "pg_attribute",
  "pg_proc",
  "pg_depend",
  "pg_default_acl",
  "pg_init_privs",
  "pg_stat_activity",
];

/** What the account that reads may do, by the server's own word. */
const readScopes = async (session: Session): Promise<ScopeRow> => {
  const [row] = await session.rows<ScopeRow>(
    `SELECT r.rolsuper AS is_superuser, pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS reads_statistics,
       pg_has_role(current_user, 'pg_read_all_settings', 'USAGE') AS reads_settings,
       ARRAY(SELECT name FROM unnest($1::text[]) name WHERE NOT has_table_privilege(current_user, 'pg_catalog.' || name, 'SELECT') ORDER BY name) AS hidden
     FROM pg_roles r WHERE r.rolname = current_user`,
    [CATALOGUES],
  );
  return row ?? { is_superuser: false, reads_statistics: false, reads_settings: false, hidden: CATALOGUES };
};

export type Reach = { scopes: readonly Scope[]; readsStatistics: boolean; isSuperuser: boolean };

export async function reachOf(server: Server): Promise<Reach> {
  const { settings } = server;
  const { is_superuser, reads_statistics, reads_settings, hidden } = await readScopes(server.entry);
  const scopes: Scope[] = [
    {
      name: "Read the system catalogues",
      purpose:
        hidden.length === 0
          ? "Roles, memberships and privileges stand there."
          : `GRANT SELECT ON ${hidden.map((name) => `pg_catalog.${name}`).join(", ")} TO ${settings.user};`,
      isMandatory: true,
      isHeld: hidden.length === 0,
    },
    ...server.databases
      .filter(({ exclusion }) => exclusion === null)
      .map(({ name }) => {
        const reason = server.refused.get(name);
        return {
          name: `CONNECT on ${name}`,
          purpose: reason
            ? `${reason}. Let ${settings.user} connect, or leave the database out by name.`
            : "Schemas, tables and functions are listed inside each database only.",
          isMandatory: true,
          isHeld: reason === undefined,
        };
      }),
    {
      name: "pg_read_all_stats",
      purpose: reads_statistics ? "Who is signed in now." : `GRANT pg_read_all_stats TO ${settings.user};`,
      isMandatory: false,
      isHeld: reads_statistics,
      costs: "Sessions: those of other roles cannot be seen, so none are read.",
    },
    {
      name: "pg_read_all_settings",
      purpose: reads_settings ? "Whether the server records privileged use (pgaudit)." : `GRANT pg_read_all_settings TO ${settings.user};`,
      isMandatory: false,
      isHeld: reads_settings,
      costs: "The check of the source cannot say whether the server records privileged use. Nothing in the inventory.",
    },
  ];
  return { scopes, readsStatistics: reads_statistics, isSuperuser: is_superuser };
}
