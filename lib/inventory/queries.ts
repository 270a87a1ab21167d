import "server-only";
import type { InventoryScope } from "#lib/authz/scope.ts";
import { decodeCursor, encodeCursor } from "#lib/db/cursor.ts";
import { reader } from "#lib/db/transact.ts";
import { notFound } from "#lib/errors/domain-error.ts";
import { countReachers, type ReachCounts, type Reached, type Reacher, reachedBy, reachersOf } from "./effective-access.sql.ts";
import { changesOfRecord, type GrantSpan, inventoryAt, type PastRecord, type RecordChange, spansOfGrant } from "./history.sql.ts";
import type { IdentityFilter, ResourceFilter } from "./search-params.ts";
import type { Stream } from "./streams.ts";

const PAGE = 50;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const iso = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

export type Page<Row> = { rows: Row[]; next: string | null };

/** Cuts the row too many off; its being there says that there is a next page, which starts after `placeOf` the last one kept. */
function pageOf<Row>(rows: Row[], list: string, placeOf: (row: Row) => readonly (string | number)[]): Page<Row> {
  const last = rows.length > PAGE ? rows[PAGE - 1] : undefined;
  return { rows: rows.slice(0, PAGE), next: last ? encodeCursor(list, placeOf(last)) : null };
}

/** LIKE without wildcards of the searcher's own. */
const pattern = (search: string | undefined): string | null => (search ? `%${search.replace(/[\\%_]/g, "\\$&")}%` : null);

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
  ownerId: string | null;
  owner: string | null;
  lastUsedKind: string;
  lastUsedAt: string | null;
  isGone: boolean;
};

const IDENTITY_COLUMNS = `i.id, i.name, i.external_id AS "externalId", i.login, i.class, i.status, i.environment, i.source_id AS "sourceId", s.name AS source,
  i.person_id AS "personId", p.name AS person, i.owner_id AS "ownerId", o.name AS owner, i.last_used_kind AS "lastUsedKind", ${iso("i.last_used_at")} AS "lastUsedAt",
  i.gone_run_id IS NOT NULL AS "isGone"`;
const IDENTITY_TABLES = `identities i JOIN sources s ON s.id = i.source_id LEFT JOIN people p ON p.id = i.person_id LEFT JOIN people o ON o.id = i.owner_id`;

/** By name, 50 a page. */
export async function listIdentities(_scope: InventoryScope, filter: IdentityFilter): Promise<Page<IdentityRow>> {
  const { after, ...where } = filter;
  const list = `identities:${JSON.stringify(where)}`;
  const [name, id] = after ? decodeCursor(list, after) : [null, null];
  const rows = await reader.rows<IdentityRow>(
    `SELECT ${IDENTITY_COLUMNS} FROM ${IDENTITY_TABLES}
     WHERE (i.gone_run_id IS NOT NULL) = ($1::text = 'gone') AND ($2::uuid IS NULL OR i.source_id = $2::uuid)
       AND ($3::text IS NULL OR i.class = $3::text) AND ($4::text IS NULL OR i.status = $4::text)
       AND CASE $5::text WHEN 'matched' THEN i.person_id IS NOT NULL
         WHEN 'proposed' THEN i.person_id IS NULL AND EXISTS (SELECT FROM identity_person_matches m WHERE m.identity_id = i.id AND m.state = 'proposed')
         WHEN 'none' THEN i.person_id IS NULL ELSE true END
       AND ($6::text IS NULL OR i.name ILIKE $6::text OR i.login ILIKE $6::text OR i.mail ILIKE $6::text OR i.external_id ILIKE $6::text)
       AND ($7::text IS NULL OR (i.name COLLATE "C", i.id) > ($7::text, $8::uuid))
     ORDER BY i.name COLLATE "C", i.id LIMIT ${PAGE + 1}`,
    [
      where.presence,
      where.sourceId ?? null,
      where.class ?? null,
      where.status ?? null,
      where.person ?? null,
      pattern(where.search),
      name,
      id,
    ],
  );
  return pageOf(rows, list, (row) => [row.name, row.id]);
}

export type MatchView = {
  id: string;
  personId: string;
  person: string;
  method: string;
  state: string;
  score: number;
  why: string;
  decidedBy: string | null;
  createdAt: string;
};

export type HeldGrant = {
  id: string;
  entitlementId: string;
  entitlement: string;
  meaning: string | null;
  privileged: string;
  resourceId: string | null;
  resource: string | null;
  startedKind: string;
  startedAt: string | null;
  expiresKind: string;
  expiresAt: string | null;
  lastUsedKind: string;
  lastUsedAt: string | null;
  grantedBy: string | null;
  reason: string | null;
  openedRunId: string;
};

export type IdentityView = IdentityRow & {
  mail: string | null;
  purpose: string | null;
  origin: string;
  interactive: string;
  createdKind: string;
  createdAt: string | null;
  ownerText: string | null;
  backupOwnerText: string | null;
  backupOwnerId: string | null;
  backupOwner: string | null;
  firstSeenAt: string;
  goneAt: string | null;
  matches: MatchView[];
  grants: HeldGrant[];
  /** More grants than are listed here. */
  grantCount: number;
  credentials: Record<string, unknown>[];
  factors: Record<string, unknown>[];
  trusts: Record<string, unknown>[];
  sessions: Record<string, unknown>[];
  history: RecordChange[];
};

const LISTED = 200;
/** The things of an identity as JSON rows with their columns' names, without the run columns. */
const thingsOf = (table: "credentials" | "factors" | "trusts" | "sessions"): string =>
  `coalesce((SELECT jsonb_agg(to_jsonb(t) - '{source_id,identity,identity_id,first_run_id,changed_run_id,gone_run_id,gone_at}'::text[] ORDER BY t.external_id COLLATE "C")
    FROM (SELECT * FROM ${table} WHERE identity_id = i.id AND gone_run_id IS NULL ORDER BY external_id COLLATE "C" LIMIT ${LISTED}) t), '[]') AS ${table}`;

export async function getIdentity(_scope: InventoryScope, identityId: string): Promise<IdentityView> {
  const [row] = UUID.test(identityId)
    ? await reader.rows<Omit<IdentityView, "matches" | "grants" | "history">>(
        `SELECT ${IDENTITY_COLUMNS}, i.mail, i.purpose, i.origin, i.interactive, i.created_kind AS "createdKind", ${iso("i.created_at")} AS "createdAt",
           i.owner AS "ownerText", i.backup_owner AS "backupOwnerText", i.backup_owner_id AS "backupOwnerId", b.name AS "backupOwner",
           ${iso("i.first_seen_at")} AS "firstSeenAt", ${iso("i.gone_at")} AS "goneAt",
           (SELECT count(*)::int FROM grants g WHERE g.holder_id = i.id AND g.ended_run_id IS NULL) AS "grantCount",
           ${(["credentials", "factors", "trusts", "sessions"] as const).map(thingsOf).join(", ")}
         FROM ${IDENTITY_TABLES} LEFT JOIN people b ON b.id = i.backup_owner_id WHERE i.id = $1::uuid`,
        [identityId],
      )
    : [];
  if (!row) throw notFound("Identity", identityId);
  const [matches, grants, history] = await Promise.all([
    listMatches(identityId),
    heldGrants(identityId),
    changesOfRecord(reader, "identities", identityId, LISTED),
  ]);
  return { ...row, matches, grants, history };
}

const listMatches = (identityId: string): Promise<MatchView[]> =>
  reader.rows<MatchView>(
    `SELECT m.id, m.person_id AS "personId", p.name AS person, m.method, m.state, m.score, m.why, u.display_name AS "decidedBy", ${iso("m.created_at")} AS "createdAt"
     FROM identity_person_matches m JOIN people p ON p.id = m.person_id LEFT JOIN app_users u ON u.id = m.decided_by
     WHERE m.identity_id = $1::uuid ORDER BY m.state = 'matched' DESC, m.state = 'proposed' DESC, m.score DESC, m.id DESC`,
    [identityId],
  );

const heldGrants = (identityId: string): Promise<HeldGrant[]> =>
  reader.rows<HeldGrant>(
    `SELECT g.id, e.id AS "entitlementId", e.name AS entitlement, e.meaning, e.privileged, r.id AS "resourceId", r.name AS resource,
       g.started_kind AS "startedKind", ${iso("g.started_at")} AS "startedAt", g.expires_kind AS "expiresKind", ${iso("g.expires_at")} AS "expiresAt",
       g.last_used_kind AS "lastUsedKind", ${iso("g.last_used_at")} AS "lastUsedAt", g.granted_by AS "grantedBy", g.reason, g.opened_run_id AS "openedRunId"
     FROM grants g JOIN entitlements e ON e.id = g.entitlement_id LEFT JOIN resources r ON r.id = e.resource_id
     WHERE g.holder_id = $1::uuid AND g.ended_run_id IS NULL ORDER BY e.privileged = 'yes' DESC, e.name COLLATE "C", g.id LIMIT ${LISTED}`,
    [identityId],
  );

/** What an identity reaches, with the way, 50 a page. */
export async function listReached(_scope: InventoryScope, identityId: string, after?: string): Promise<Page<Reached>> {
  const list = `reached:${identityId}`;
  const [id] = after ? decodeCursor(list, after) : [null];
  return pageOf(await reachedBy(reader, identityId, id === null ? null : String(id), PAGE + 1), list, (row) => [row.entitlementId]);
}

/** Who reaches an entitlement, or any of a resource's, with the way, 50 a page. */
export async function listReachers(
  _scope: InventoryScope,
  target: { entitlementId: string } | { resourceId: string },
  after?: string,
): Promise<Page<Reacher>> {
  const list = `reachers:${JSON.stringify(target)}`;
  const [id] = after ? decodeCursor(list, after) : [null];
  return pageOf(await reachersOf(reader, target, id === null ? null : String(id), PAGE + 1), list, (row) => [row.identityId]);
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

const RESOURCE_COLUMNS = `r.id, r.name, r.external_id AS "externalId", r.class, r.environment, r.sensitivity, r.source_id AS "sourceId", s.name AS source,
  r.owner_id AS "ownerId", o.name AS owner, r.owner AS "ownerText", r.parent_id AS "parentId", q.name AS parent, r.gone_run_id IS NOT NULL AS "isGone"`;
const RESOURCE_TABLES =
  "resources r JOIN sources s ON s.id = r.source_id LEFT JOIN people o ON o.id = r.owner_id LEFT JOIN resources q ON q.id = r.parent_id";

/** By name, 50 a page. */
export async function listResources(_scope: InventoryScope, filter: ResourceFilter): Promise<Page<ResourceRow>> {
  const { after, ...where } = filter;
  const list = `resources:${JSON.stringify(where)}`;
  const [name, id] = after ? decodeCursor(list, after) : [null, null];
  const rows = await reader.rows<ResourceRow>(
    `SELECT ${RESOURCE_COLUMNS} FROM ${RESOURCE_TABLES}
     WHERE (r.gone_run_id IS NOT NULL) = ($1::text = 'gone') AND ($2::uuid IS NULL OR r.source_id = $2::uuid)
       AND ($3::text IS NULL OR r.class = $3::text) AND ($4::text IS NULL OR r.environment = $4::text)
       AND ($5::text IS NULL OR r.name ILIKE $5::text OR r.external_id ILIKE $5::text)
       AND ($6::text IS NULL OR (r.name COLLATE "C", r.id) > ($6::text, $7::uuid))
     ORDER BY r.name COLLATE "C", r.id LIMIT ${PAGE + 1}`,
    [where.presence, where.sourceId ?? null, where.class ?? null, where.environment ?? null, pattern(where.search), name, id],
  );
  return pageOf(rows, list, (row) => [row.name, row.id]);
}

export type ResourceView = ResourceRow & {
  entitlements: { id: string; name: string; meaning: string | null; privileged: string; holders: number; versions: number }[];
  reach: ReachCounts;
  history: RecordChange[];
};

export async function getResource(_scope: InventoryScope, resourceId: string): Promise<ResourceView> {
  const [row] = UUID.test(resourceId)
    ? await reader.rows<ResourceRow>(`SELECT ${RESOURCE_COLUMNS} FROM ${RESOURCE_TABLES} WHERE r.id = $1::uuid`, [resourceId])
    : [];
  if (!row) throw notFound("Resource", resourceId);
  const [entitlements, reach, history] = await Promise.all([
    reader.rows<ResourceView["entitlements"][number]>(
      `SELECT e.id, e.name, e.meaning, e.privileged,
         (SELECT count(*)::int FROM grants g WHERE g.entitlement_id = e.id AND g.ended_run_id IS NULL) AS holders,
         (SELECT count(*)::int FROM entitlement_versions v WHERE v.entitlement_id = e.id) AS versions
       FROM entitlements e WHERE e.resource_id = $1::uuid AND e.gone_run_id IS NULL ORDER BY e.privileged = 'yes' DESC, e.name COLLATE "C", e.id LIMIT ${LISTED}`,
      [resourceId],
    ),
    countReachers(reader, resourceId),
    changesOfRecord(reader, "resources", resourceId, LISTED),
  ]);
  return { ...row, entitlements, reach, history };
}

export type PersonRow = { id: string; name: string; mail: string | null; title: string | null; department: string | null; status: string };

/** People by the beginning of their name, mail or id, for choosing one. */
export async function findPeople(_scope: InventoryScope, search: string): Promise<PersonRow[]> {
  return reader.rows<PersonRow>(
    `SELECT id, name, mail, title, department, status FROM people
     WHERE gone_run_id IS NULL AND (name ILIKE $1::text OR mail ILIKE $1::text OR external_id ILIKE $1::text) ORDER BY name COLLATE "C", id LIMIT 20`,
    [pattern(search.trim()) ?? "%"],
  );
}
