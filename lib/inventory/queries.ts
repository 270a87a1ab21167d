import "server-only";
import type { InventoryScope } from "#lib/authz/scope.ts";
import { decodeCursor } from "#lib/db/cursor.ts";
import { reader } from "#lib/db/transact.ts";
import { type Reached, type Reacher, reachedBy, reachersOf, type Target } from "./effective-access.sql.ts";
import { type GrantSpan, inventoryAt, type PastRecord, spansOfGrant } from "./history.sql.ts";
import { iso, PAGE, type Page, pageOf, pattern } from "./list-page.sql.ts";
import type { IdentityFilter, ReachedFilter, ReacherFilter, ResourceFilter } from "./search-params.ts";
import type { Stream } from "./streams.ts";

export type IdentityRow = {
  id: string;
  name: string;
  externalId: string;
  login: string | null;
  class: string;
  status: string;
  environment: string;
  sourceId: string;
  source: string;
  personId: string | null;
  person: string | null;
  /** left, or gone from the people source: this should reach nothing any more. */
  personStatus: string | null;
  ownerId: string | null;
  owner: string | null;
  lastUsedKind: string;
  lastUsedAt: string | null;
  isGone: boolean;
};

export const IDENTITY_COLUMNS = `i.id, i.name, i.external_id AS "externalId", i.login, i.class, i.status, i.environment, i.source_id AS "sourceId", s.name AS source,
  i.person_id AS "personId", p.name AS person, CASE WHEN p.gone_run_id IS NULL THEN p.status ELSE 'gone' END AS "personStatus", i.owner_id AS "ownerId",
  o.name AS owner, i.last_used_kind AS "lastUsedKind", ${iso("i.last_used_at")} AS "lastUsedAt", i.gone_run_id IS NOT NULL AS "isGone"`;
export const IDENTITY_TABLES = `identities i JOIN sources s ON s.id = i.source_id LEFT JOIN people p ON p.id = i.person_id LEFT JOIN people o ON o.id = i.owner_id`;

/** $1 to $8, the class last so that the picture of the classes can leave it out. */
const IDENTITY_WHERE = `(i.gone_run_id IS NOT NULL) = ($1::text = 'gone') AND ($2::uuid IS NULL OR i.source_id = $2::uuid)
  AND ($3::text IS NULL OR i.status = $3::text) AND ($4::text IS NULL OR i.environment = $4::text)
  AND CASE $5::text WHEN 'matched' THEN i.person_id IS NOT NULL
    WHEN 'proposed' THEN i.person_id IS NULL AND EXISTS (SELECT FROM identity_person_matches m WHERE m.identity_id = i.id AND m.state = 'proposed')
    WHEN 'none' THEN i.person_id IS NULL ELSE true END
  AND ($6::text IS NULL OR CASE $6::text WHEN 'none' THEN i.owner_id IS NULL AND i.class <> 'human' ELSE i.owner_id::text = $6::text END)
  AND ($7::text IS NULL OR i.name ILIKE $7::text OR i.login ILIKE $7::text OR i.mail ILIKE $7::text OR i.external_id ILIKE $7::text)
  AND ($8::text IS NULL OR i.class = $8::text)`;

const identityValues = (where: Omit<IdentityFilter, "cursor">) => [
  where.presence,
  where.source ?? null,
  where.status ?? null,
  where.environment ?? null,
  where.person ?? null,
  where.owner ?? null,
  pattern(where.q),
  where.class ?? null,
];

/** By name, 50 a page. */
export async function listIdentities(_scope: InventoryScope, filter: IdentityFilter): Promise<Page<IdentityRow>> {
  const { cursor, ...where } = filter;
  const list = `identities:${JSON.stringify(where)}`;
  const [name, id] = cursor ? decodeCursor(list, cursor) : [null, null];
  const rows = await reader.rows<IdentityRow>(
    `SELECT ${IDENTITY_COLUMNS} FROM ${IDENTITY_TABLES}
     WHERE ${IDENTITY_WHERE} AND ($9::text IS NULL OR (i.name COLLATE "C", i.id) > ($9::text, $10::uuid))
     ORDER BY i.name COLLATE "C", i.id LIMIT ${PAGE + 1}`,
    [...identityValues(where), name, id],
  );
  return pageOf(rows, list, (row) => [row.name, row.id]);
}

export type ClassCount = { class: string; count: number };

/** How many of each class fit the filter, whatever class it asks for: the picture that chooses one. */
export const countClasses = (_scope: InventoryScope, filter: IdentityFilter): Promise<ClassCount[]> =>
  reader.rows<ClassCount>(
    `SELECT i.class, count(*)::int AS count FROM identities i WHERE ${IDENTITY_WHERE} GROUP BY i.class ORDER BY count DESC, i.class`,
    identityValues({ ...filter, class: undefined }),
  );

/** What identities reach together, with the way, 50 a page. */
export async function listReached(
  _scope: InventoryScope,
  identityIds: readonly string[],
  { cursor, ...filter }: ReachedFilter,
): Promise<Page<Reached>> {
  const list = `reached:${JSON.stringify([identityIds, filter])}`;
  const after = cursor ? decodeCursor(list, cursor) : null;
  const asked = { after, limit: PAGE + 1, search: pattern(filter.q), privileged: filter.privileged };
  return pageOf(await reachedBy(reader, identityIds, asked), list, ({ place }) => place);
}

/** Who reaches an entitlement, or any of a resource's, with the way, 50 a page. */
export async function listReachers(_scope: InventoryScope, target: Target, { cursor, ...filter }: ReacherFilter): Promise<Page<Reacher>> {
  const list = `reachers:${JSON.stringify([target, filter])}`;
  const after = cursor ? decodeCursor(list, cursor) : null;
  const asked = { after, limit: PAGE + 1, search: pattern(filter.q), class: filter.class, way: filter.way, privileged: filter.privileged };
  return pageOf(await reachersOf(reader, target, asked), list, (row) => [row.identity, row.identityId]);
}

/** Every span in which a holder held an entitlement, oldest first. */
export const grantHistory = (_scope: InventoryScope, grant: { holderId: string; entitlementId: string }): Promise<GrantSpan[]> =>
  spansOfGrant(reader, grant.holderId, grant.entitlementId);

/** A source's stream as it was live here at an instant, 50 a page. */
export async function listInventoryAt(
  _scope: InventoryScope,
  which: { sourceId: string; stream: Stream; at: Date; after?: string },
): Promise<Page<PastRecord>> {
  const { after, ...rest } = which;
  const list = `past:${JSON.stringify(rest)}`;
  const [id] = after ? decodeCursor(list, after) : [null];
  return pageOf(await inventoryAt(reader, { ...rest, after: id === null ? null : String(id), limit: PAGE + 1 }), list, (row) => [row.id]);
}

export type ResourceRow = {
  id: string;
  name: string;
  externalId: string;
  class: string;
  environment: string;
  sensitivity: string;
  sourceId: string;
  source: string;
  ownerId: string | null;
  owner: string | null;
  ownerText: string | null;
  parentId: string | null;
  parent: string | null;
  isGone: boolean;
};

export const RESOURCE_COLUMNS = `r.id, r.name, r.external_id AS "externalId", r.class, r.environment, r.sensitivity, r.source_id AS "sourceId", s.name AS source,
  r.owner_id AS "ownerId", o.name AS owner, r.owner AS "ownerText", r.parent_id AS "parentId", q.name AS parent, r.gone_run_id IS NOT NULL AS "isGone"`;
export const RESOURCE_TABLES =
  "resources r JOIN sources s ON s.id = r.source_id LEFT JOIN people o ON o.id = r.owner_id LEFT JOIN resources q ON q.id = r.parent_id";

/** How many identities reach each by any way, and how many of its entitlements are privileged: of the rows of a page only. */
const REACH_COUNTS = `(SELECT count(DISTINCT g.holder_id)::int FROM (
     SELECT e.id FROM entitlements e WHERE e.resource_id = r.id AND e.gone_run_id IS NULL
     UNION SELECT c.holder_id FROM entitlements e JOIN entitlement_closure c ON c.reached_id = e.id WHERE e.resource_id = r.id AND e.gone_run_id IS NULL
   ) t JOIN grants g ON g.entitlement_id = t.id AND g.holder_kind = 'identity' AND g.ended_run_id IS NULL) AS identities,
  (SELECT count(*)::int FROM entitlements e WHERE e.resource_id = r.id AND e.gone_run_id IS NULL) AS entitlements,
  (SELECT count(*)::int FROM entitlements e WHERE e.resource_id = r.id AND e.gone_run_id IS NULL AND e.privileged = 'yes') AS privileged`;

export type ResourceListRow = ResourceRow & { identities: number; entitlements: number; privileged: number };

/** By name, 50 a page. */
export async function listResources(_scope: InventoryScope, filter: ResourceFilter): Promise<Page<ResourceListRow>> {
  const { cursor, ...where } = filter;
  const list = `resources:${JSON.stringify(where)}`;
  const [name, id] = cursor ? decodeCursor(list, cursor) : [null, null];
  const rows = await reader.rows<ResourceListRow>(
    `SELECT r.*, ${REACH_COUNTS} FROM (SELECT ${RESOURCE_COLUMNS} FROM ${RESOURCE_TABLES}
     WHERE (r.gone_run_id IS NOT NULL) = ($1::text = 'gone') AND ($2::uuid IS NULL OR r.source_id = $2::uuid)
       AND ($3::text IS NULL OR r.class = $3::text) AND ($4::text IS NULL OR r.environment = $4::text) AND ($5::text IS NULL OR r.sensitivity = $5::text)
       AND ($6::text IS NULL OR CASE $6::text WHEN 'none' THEN r.owner_id IS NULL ELSE r.owner_id::text = $6::text END)
       AND ($7::text IS NULL OR r.name ILIKE $7::text OR r.external_id ILIKE $7::text)
       AND ($8::text IS NULL OR (r.name COLLATE "C", r.id) > ($8::text, $9::uuid))
     ORDER BY r.name COLLATE "C", r.id LIMIT ${PAGE + 1}) r ORDER BY r.name COLLATE "C", r.id`,
    [
      where.presence,
      where.source ?? null,
      where.class ?? null,
      where.environment ?? null,
      where.sensitivity ?? null,
      where.owner ?? null,
      pattern(where.q),
      name,
      id,
    ],
  );
  return pageOf(rows, list, (row) => [row.name, row.id]);
}

/** Sources that the lists can be narrowed to. */
export const listSourceNames = (_scope: InventoryScope): Promise<{ id: string; name: string }[]> =>
  reader.rows(`SELECT id, name FROM sources ORDER BY name COLLATE "C", id`);

export type PersonRow = { id: string; name: string; mail: string | null; title: string | null; department: string | null; status: string };

/** People by the beginning of their name, mail or id, for choosing one. */
export async function findPeople(_scope: InventoryScope, search: string): Promise<PersonRow[]> {
  return reader.rows<PersonRow>(
    `SELECT id, name, mail, title, department, status FROM people
     WHERE gone_run_id IS NULL AND (name ILIKE $1::text OR mail ILIKE $1::text OR external_id ILIKE $1::text) ORDER BY name COLLATE "C", id LIMIT 20`,
    [pattern(search.trim()) ?? "%"],
  );
}
