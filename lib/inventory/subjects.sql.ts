import "server-only";
import type { InventoryScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { pattern } from "./list-page.sql.ts";
import type { Subject, SubjectKind } from "./search-params.ts";

/** Somebody or something that a question of access can be about. */
export type FoundSubject = { kind: SubjectKind; id: string; name: string; detail: string | null };

const EACH = 8;
/** Each kind as kind, id, name and what tells two of one name apart; $1 is the pattern. */
const SEARCHED: Readonly<Record<SubjectKind, string>> = {
  person: `SELECT 'person' AS kind, p.id, p.name, nullif(concat_ws(', ', p.title, p.department), '') AS detail FROM people p
    WHERE p.gone_run_id IS NULL AND (p.name ILIKE $1::text OR p.mail ILIKE $1::text)`,
  identity: `SELECT 'identity' AS kind, i.id, i.name, concat_ws(', ', replace(i.class, '_', ' '), s.name) AS detail FROM identities i JOIN sources s ON s.id = i.source_id
    WHERE i.gone_run_id IS NULL AND (i.name ILIKE $1::text OR i.login ILIKE $1::text OR i.external_id ILIKE $1::text)`,
  resource: `SELECT 'resource' AS kind, r.id, r.name, concat_ws(', ', replace(r.class, '_', ' '), s.name) AS detail FROM resources r JOIN sources s ON s.id = r.source_id
    WHERE r.gone_run_id IS NULL AND (r.name ILIKE $1::text OR r.external_id ILIKE $1::text)`,
  entitlement: `SELECT 'entitlement' AS kind, e.id, e.name, coalesce('on ' || r.name, s.name) AS detail FROM entitlements e JOIN sources s ON s.id = e.source_id
    LEFT JOIN resources r ON r.id = e.resource_id WHERE e.gone_run_id IS NULL AND (e.name ILIKE $1::text OR e.meaning ILIKE $1::text)`,
};

/** A few of each kind by a part of their name, shortest names first: they fit best. */
export const findSubjects = (_scope: InventoryScope, search: string): Promise<FoundSubject[]> =>
  reader.rows<FoundSubject>(
    Object.values(SEARCHED)
      .map((found) => `(SELECT * FROM (${found}) f ORDER BY length(f.name), f.name COLLATE "C", f.id LIMIT ${EACH})`)
      .join("\nUNION ALL\n"),
    [pattern(search.trim()) ?? "%"],
  );

const NAMED: Readonly<Record<SubjectKind, string>> = {
  person: "SELECT name FROM people WHERE id = $1::uuid",
  identity: "SELECT name FROM identities WHERE id = $1::uuid",
  resource: "SELECT name FROM resources WHERE id = $1::uuid",
  entitlement: "SELECT name FROM entitlements WHERE id = $1::uuid",
};

export async function nameOfSubject(_scope: InventoryScope, { kind, id }: Subject): Promise<string | null> {
  const [row] = await reader.rows<{ name: string }>(NAMED[kind], [id]);
  return row?.name ?? null;
}
