import "server-only";
import type { InventoryScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";

export type Found = { id: string; name: string; detail: string };
type FoundInventory = { people: Found[]; identities: Found[]; resources: Found[] };

const EACH = 5;

/** A name that begins with what was typed comes before one that holds it somewhere. $1 is the pattern, $2 what was typed. */
const best = (name: string) => `starts_with(lower(${name}), lower($2::text)) DESC, ${name} COLLATE "C"`;

/** The few that fit best of each, for somebody who types a name. The whole lists are a page away. */
export async function searchInventory(_scope: InventoryScope, typed: string): Promise<FoundInventory> {
  const given = [`%${typed.replace(/[\\%_]/g, "\\$&")}%`, typed];
  const [people, identities, resources] = await Promise.all([
    reader.rows<Found>(
      `SELECT p.id, p.name, concat_ws(', ', p.title, p.department, CASE p.status WHEN 'left' THEN 'has left' END) AS detail FROM people p
       WHERE p.gone_run_id IS NULL AND (p.name ILIKE $1::text OR p.mail ILIKE $1::text OR p.external_id = $2::text)
       ORDER BY ${best("p.name")}, p.id LIMIT ${EACH}`,
      given,
    ),
    reader.rows<Found>(
      `SELECT i.id, i.name, concat_ws(', ', CASE i.class WHEN 'unknown' THEN 'class unknown' ELSE replace(i.class, '_', '-') END, s.name,
         nullif(i.status, 'active')) AS detail
       FROM identities i JOIN sources s ON s.id = i.source_id
       WHERE i.gone_run_id IS NULL AND (i.name ILIKE $1::text OR i.login ILIKE $1::text OR i.mail ILIKE $1::text OR i.external_id = $2::text)
       ORDER BY ${best("i.name")}, i.id LIMIT ${EACH}`,
      given,
    ),
    reader.rows<Found>(
      `SELECT r.id, r.name, concat_ws(', ', replace(r.class, '_', ' '), s.name, CASE r.environment WHEN 'unknown' THEN NULL ELSE r.environment END) AS detail
       FROM resources r JOIN sources s ON s.id = r.source_id
       WHERE r.gone_run_id IS NULL AND (r.name ILIKE $1::text OR r.external_id = $2::text) ORDER BY ${best("r.name")}, r.id LIMIT ${EACH}`,
      given,
    ),
  ]);
  return { people, identities, resources };
}
