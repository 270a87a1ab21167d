import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import { GRANT_TERMS, type Reached, type Step } from "./effective-access.sql.ts";
import { livedAt, recordsAt } from "./history.sql.ts";

/** More than this is not replayed for a page: it says so, and the run's differences hold the rest. */
export const PAST_LIMIT = 2_000;

export type PastAccess = {
  reached: Omit<Reached, "place">[];
  /** The replay stopped: more than PAST_LIMIT entitlements were reached. */
  isCut: boolean;
};

type Terms = Pick<Reached, "startedKind" | "startedAt" | "expiresKind" | "expiresAt" | "lastUsedKind" | "lastUsedAt" | "grantedBy">;
type Edge = Terms & { grantId: string; holderId: string; entitlementId: string };
/** How an entitlement was got: by which grant, held by whom or through which entitlement before it. */
type Found = { edge: Edge; depth: number };

/**
 * What identities reached at an instant, by replay: the grants that were live then, followed level by level through the groups and roles as
 * they were nested then. Names, meanings and privilege are those of that instant too.
 */
export async function reachedAt(tx: Tx, identityIds: readonly string[], at: Date): Promise<PastAccess> {
  const found = new Map<string, Found>();
  let isCut = false;
  for (let holders = identityIds, depth = 0; holders.length > 0 && !isCut; depth += 1) {
    const edges = await edgesOf(tx, depth === 0 ? "identity" : "entitlement", holders, at);
    const fresh = edges.filter(({ entitlementId }) => !found.has(entitlementId));
    for (const edge of fresh) found.set(edge.entitlementId, { edge, depth });
    isCut = edges.length > PAST_LIMIT || found.size > PAST_LIMIT;
    holders = fresh.map(({ entitlementId }) => entitlementId);
  }
  return { reached: await inWords(tx, found, at), isCut };
}

/** Ordered, so that one state gives one result: of several ways of one length the first wins. */
const edgesOf = (tx: Tx, kind: "identity" | "entitlement", holders: readonly string[], at: Date): Promise<Edge[]> =>
  tx.rows<Edge>(
    `SELECT DISTINCT ON (g.entitlement_id) g.id AS "grantId", g.holder_id AS "holderId", g.entitlement_id AS "entitlementId", ${GRANT_TERMS}
     FROM grants g JOIN sync_runs o ON o.id = g.opened_run_id
     WHERE g.holder_kind = $1::text AND g.holder_id = ANY ($2::uuid[]) AND ${livedAt("$3")}
     ORDER BY g.entitlement_id, g.holder_id, g.id LIMIT ${PAST_LIMIT + 1}`,
    [kind, holders, at.toISOString()],
  );

async function inWords(tx: Tx, found: ReadonlyMap<string, Found>, at: Date): Promise<PastAccess["reached"]> {
  const entitlements = byId(await recordsAt(tx, "entitlements", [...found.keys()], at));
  const places = await tx.rows<{ id: string; resourceId: string | null }>(
    `SELECT id, resource_id AS "resourceId" FROM entitlements WHERE id = ANY ($1::uuid[])`,
    [[...found.keys()]],
  );
  const resourceOf = new Map(places.map(({ id, resourceId }) => [id, resourceId]));
  const resources = byId(await recordsAt(tx, "resources", [...new Set(places.flatMap(({ resourceId }) => resourceId ?? []))], at));
  const holders = [...new Set([...found.values()].filter(({ depth }) => depth === 0).map(({ edge }) => edge.holderId))];
  const identities = byId(await recordsAt(tx, "identities", holders, at));
  const nameOf = (id: string): string => text(entitlements.get(id)?.name) ?? "unknown";
  const rows = [...found].flatMap(([entitlementId, { depth }]) => {
    const way = wayTo(entitlementId, found, nameOf);
    if (!way) return [];
    const { holderId, entitlementId: _held, ...terms } = way.first;
    const entitlement = entitlements.get(entitlementId) ?? {};
    const resourceId = resourceOf.get(entitlementId) ?? null;
    const resource = resourceId === null ? undefined : resources.get(resourceId);
    return {
      entitlementId,
      entitlement: nameOf(entitlementId),
      meaning: text(entitlement.meaning),
      privileged: text(entitlement.privileged) ?? "unknown",
      resourceId,
      resource: text(resource?.name),
      resourceClass: text(resource?.class),
      environment: text(resource?.environment),
      sensitivity: text(resource?.sensitivity),
      identityId: holderId,
      identity: text(identities.get(holderId)?.name) ?? "unknown",
      ...terms,
      // When it was last used changes without anybody's doing and has no history.
      lastUsedKind: "unknown",
      lastUsedAt: null,
      depth,
      path: way.path,
    };
  });
  return inOrder(rows);
}

/** Back from what was reached to what was held. */
function wayTo(last: string, found: ReadonlyMap<string, Found>, nameOf: (id: string) => string): { path: Step[]; first: Edge } | null {
  const path: Step[] = [];
  for (let at = last; ; ) {
    path.unshift({ entitlementId: at, name: nameOf(at) });
    const step = found.get(at);
    if (!step) return null;
    if (step.depth === 0) return { path, first: step.edge };
    at = step.edge.holderId;
  }
}

/** As the list of today's access is ordered: resources with something privileged first. */
function inOrder(rows: PastAccess["reached"]): PastAccess["reached"] {
  const rankOf = ({ privileged }: { privileged: string }) => (privileged === "yes" ? 0 : privileged === "unknown" ? 1 : 2);
  const best = new Map<string | null, number>();
  for (const row of rows) best.set(row.resourceId, Math.min(best.get(row.resourceId) ?? 2, rankOf(row)));
  const keyOf = (row: PastAccess["reached"][number]) =>
    [
      best.get(row.resourceId),
      row.resourceId === null ? 1 : 0,
      row.resource,
      row.resourceId,
      rankOf(row),
      row.entitlement,
      row.entitlementId,
    ].join("\n");
  const keyed = rows.map((row) => ({ row, key: keyOf(row) }));
  return keyed.sort((one, other) => (one.key < other.key ? -1 : 1)).map(({ row }) => row);
}

const byId = (records: readonly { id: string; record: Record<string, unknown> }[]) =>
  new Map(records.map(({ id, record }) => [id, record]));
const text = (value: unknown): string | null => (typeof value === "string" ? value : null);

export type PastReacher = {
  identityId: string;
  identity: string;
  class: string;
  person: string | null;
  personId: string | null;
  depth: number;
  path: Step[];
};

/** Who reached an entitlement at an instant: the same walk against the arrows. */
export async function reachersAt(tx: Tx, entitlementId: string, at: Date): Promise<{ reachers: PastReacher[]; isCut: boolean }> {
  const next = new Map<string, string | null>([[entitlementId, null]]);
  const direct = new Map<string, { first: string; depth: number }>();
  let isCut = false;
  for (let targets = [entitlementId], depth = 0; targets.length > 0 && !isCut; depth += 1) {
    const edges = await holdersOf(tx, targets, at);
    const further: string[] = [];
    for (const { kind, holderId, entitlementId: held } of edges) {
      if (kind === "identity" && !direct.has(holderId)) direct.set(holderId, { first: held, depth });
      if (kind === "entitlement" && !next.has(holderId)) {
        next.set(holderId, held);
        further.push(holderId);
      }
    }
    isCut = edges.length > PAST_LIMIT || direct.size + next.size > PAST_LIMIT;
    targets = further;
  }
  const names = byId(await recordsAt(tx, "entitlements", [...next.keys()], at));
  const identities = byId(await recordsAt(tx, "identities", [...direct.keys()], at));
  const people = new Map(
    (
      await tx.rows<{ id: string; personId: string; person: string }>(
        `SELECT i.id, p.id AS "personId", p.name AS person FROM identities i JOIN people p ON p.id = i.person_id WHERE i.id = ANY ($1::uuid[])`,
        [[...direct.keys()]],
      )
    ).map((row) => [row.id, row]),
  );
  const reachers = [...direct].map(([identityId, { first, depth }]) => {
    const path: Step[] = [];
    for (let at: string | null = first; at !== null; at = next.get(at) ?? null)
      path.push({ entitlementId: at, name: text(names.get(at)?.name) ?? "unknown" });
    const record = identities.get(identityId) ?? {};
    const known = people.get(identityId);
    return {
      identityId,
      identity: text(record.name) ?? "unknown",
      class: text(record.class) ?? "unknown",
      personId: known?.personId ?? null,
      person: known?.person ?? null,
      depth,
      path,
    };
  });
  return {
    reachers: reachers.sort((one, other) => (`${one.identity}\n${one.identityId}` < `${other.identity}\n${other.identityId}` ? -1 : 1)),
    isCut,
  };
}

const holdersOf = (tx: Tx, targets: readonly string[], at: Date) =>
  tx.rows<{ kind: string; holderId: string; entitlementId: string }>(
    `SELECT DISTINCT ON (g.holder_kind, g.holder_id) g.holder_kind AS kind, g.holder_id AS "holderId", g.entitlement_id AS "entitlementId"
     FROM grants g JOIN sync_runs o ON o.id = g.opened_run_id
     WHERE g.entitlement_id = ANY ($1::uuid[]) AND ${livedAt("$2")}
     ORDER BY g.holder_kind, g.holder_id, g.entitlement_id LIMIT ${PAST_LIMIT + 1}`,
    [targets, at.toISOString()],
  );
