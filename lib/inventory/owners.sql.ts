import "server-only";
import type { Tx } from "#lib/db/tx.ts";

/**
 * Whom a text names: a person's external id first, else a mail address. Somebody who is gone is named only where nobody present is, and a
 * text that fits two people names nobody.
 */
const NAMED = `
  SELECT key, id, rank FROM (
    SELECT key, id, rank, is_here, count(*) FILTER (WHERE is_here) OVER same AS here, count(*) OVER same AS all_of_them FROM (
      SELECT external_id AS key, id, gone_run_id IS NULL AS is_here, 1 AS rank FROM people
      UNION ALL SELECT lower(mail), id, gone_run_id IS NULL, 2 FROM people WHERE mail IS NOT NULL
    ) p WINDOW same AS (PARTITION BY rank, key)
  ) n WHERE (is_here AND here = 1) OR (here = 0 AND all_of_them = 1)`;

/** Resolves owners of identities and resources, of one source or (after people changed) of all. Writes only what differs. */
export async function resolveOwners(tx: Tx, sourceId: string | null): Promise<void> {
  await resolve(tx, "identities", { owner: "owner_id", backup_owner: "backup_owner_id" }, sourceId);
  await resolve(tx, "resources", { owner: "owner_id" }, sourceId);
}

async function resolve(tx: Tx, table: "identities" | "resources", columns: Record<string, string>, sourceId: string | null): Promise<void> {
  const names = Object.keys(columns);
  const joined = names.map(
    (name) => `LEFT JOIN named ${name}_1 ON ${name}_1.rank = 1 AND ${name}_1.key = o.${name}
      LEFT JOIN named ${name}_2 ON ${name}_2.rank = 2 AND ${name}_2.key = lower(o.${name})`,
  );
  await tx.rows(
    `WITH named AS MATERIALIZED (${NAMED})
     UPDATE ${table} t SET ${names.map((name) => `${columns[name]} = l.${name}`).join(", ")}
     FROM (SELECT o.id, ${names.map((name) => `coalesce(${name}_1.id, ${name}_2.id) AS ${name}`).join(", ")} FROM ${table} o ${joined.join("\n")}
           WHERE ($1::uuid IS NULL OR o.source_id = $1::uuid) AND num_nonnulls(${[...names, ...Object.values(columns)].map((name) => `o.${name}`).join(", ")}) > 0) l
     WHERE t.id = l.id AND (${names.map((name) => `t.${columns[name]} IS DISTINCT FROM l.${name}`).join(" OR ")})`,
    [sourceId],
  );
}
