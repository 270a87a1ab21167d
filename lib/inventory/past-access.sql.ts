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
  const nameOf = (id: string): string => textOf(entitlements.get(id)?.name) ?? "unknown";
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
      meaning: textOf(entitlement.meaning),
      privileged: textOf(entitlement.privileged) ?? "unknown",
      resourceId,
      resource: textOf(resource?.name),
      resourceClass: textOf(resource?.class),
      environment: textOf(resource?.environment),
      sensitivity: textOf(resource?.sensitivity),
      identityId: holderId,
      identity: textOf(identities.get(holderId)?.name) ?? "unknown",
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

export const byId = (records: readonly { id: string; record: Record<string, unknown> }[]) =>
  new Map(records.map(({ id, record }) => [id, record]));
export const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);
