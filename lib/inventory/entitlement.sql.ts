import "server-only";
import type { InventoryScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { notFound } from "#lib/errors/domain-error.ts";
import { countReachers, type ReachCounts, type Target } from "./effective-access.sql.ts";
import { presentAt } from "./history.sql.ts";
import { iso, isUuid } from "./list-page.sql.ts";
import { type PastReacher, reachersAt } from "./past-reachers.sql.ts";
import { ALL_RUNS, historyOf, RECENT_RUNS, type RecordHistory } from "./record-history.sql.ts";

export type EntitlementVersion = {
  id: string;
  digest: string;
  contents: string | null;
  meaning: string | null;
  runId: string;
  seenAt: string;
};

export type LeadsTo = {
  entitlementId: string;
  name: string;
  meaning: string | null;
  privileged: string;
  resourceId: string | null;
  resource: string | null;
  depth: number;
  /** The entitlement one step before it. */
  via: string;
};

export type EntitlementView = {
  id: string;
  name: string;
  externalId: string;
  meaning: string | null;
  privileged: string;
  contents: string | null;
  resourceId: string | null;
  resource: string | null;
  sourceId: string;
  source: string;
  sourceSince: string | null;
  observedAt: string | null;
  firstSeenAt: string;
  goneAt: string | null;
  isGone: boolean;
  reach: ReachCounts;
  /** Entitlements whose every holder gets this one too, directly. */
  heldByEntitlements: { id: string; name: string }[];
  leadsTo: LeadsTo[];
  leadsToCount: number;
  /** Newest first. */
  versions: EntitlementVersion[];
  history: RecordHistory;
};

const LISTED = 50;
const VERSIONS = 20;

export async function getEntitlement(_scope: InventoryScope, entitlementId: string, isWhole: boolean): Promise<EntitlementView> {
  const [row] = isUuid(entitlementId)
    ? await reader.rows<Omit<EntitlementView, "reach" | "heldByEntitlements" | "leadsTo" | "versions" | "history">>(
        `SELECT e.id, e.name, e.external_id AS "externalId", e.meaning, e.privileged, e.contents, r.id AS "resourceId", r.name AS resource,
           s.id AS "sourceId", s.name AS source, ${iso("e.first_seen_at")} AS "firstSeenAt", ${iso("e.gone_at")} AS "goneAt", e.gone_run_id IS NOT NULL AS "isGone",
           (SELECT ${iso("min(n.finished_at)")} FROM sync_runs n WHERE n.source_id = s.id AND n.state = 'APPLIED') AS "sourceSince",
           (SELECT ${iso("coalesce(n.observed_at, n.started_at)")} FROM sync_runs n WHERE n.source_id = s.id AND n.state = 'APPLIED'
            ORDER BY n.finished_at DESC LIMIT 1) AS "observedAt",
           (SELECT count(*)::int FROM entitlement_closure c WHERE c.holder_id = e.id) AS "leadsToCount"
         FROM entitlements e JOIN sources s ON s.id = e.source_id LEFT JOIN resources r ON r.id = e.resource_id WHERE e.id = $1::uuid`,
        [entitlementId],
      )
    : [];
  if (!row) throw notFound("Entitlement", entitlementId);
  const [reach, heldByEntitlements, leadsTo, versions, history] = await Promise.all([
    countReachers(reader, { entitlementId }),
    reader.rows<EntitlementView["heldByEntitlements"][number]>(
      `SELECT h.id, h.name FROM grants g JOIN entitlements h ON h.id = g.holder_id
       WHERE g.entitlement_id = $1::uuid AND g.holder_kind = 'entitlement' AND g.ended_run_id IS NULL ORDER BY h.name COLLATE "C", h.id LIMIT ${LISTED}`,
      [entitlementId],
    ),
    listLeadsTo(entitlementId),
    reader.rows<EntitlementVersion>(
      `SELECT id, digest, contents, meaning, run_id AS "runId", ${iso("seen_at")} AS "seenAt" FROM entitlement_versions
       WHERE entitlement_id = $1::uuid ORDER BY seen_at DESC, id DESC LIMIT ${VERSIONS}`,
      [entitlementId],
    ),
    historyOf(reader, "entitlement", entitlementId, isWhole ? ALL_RUNS : RECENT_RUNS),
  ]);
  return { ...row, reach, heldByEntitlements, leadsTo, versions, history };
}

const listLeadsTo = (entitlementId: string): Promise<LeadsTo[]> =>
  reader.rows<LeadsTo>(
    `SELECT e.id AS "entitlementId", e.name, e.meaning, e.privileged, r.id AS "resourceId", r.name AS resource, c.depth, v.name AS via
     FROM entitlement_closure c JOIN entitlements e ON e.id = c.reached_id JOIN entitlements v ON v.id = c.via_id LEFT JOIN resources r ON r.id = e.resource_id
     WHERE c.holder_id = $1::uuid ORDER BY e.privileged = 'yes' DESC, c.depth, e.name COLLATE "C", e.id LIMIT ${LISTED}`,
    [entitlementId],
  );

/** Who had it, or anything on the resource, at an instant, by replay. */
export async function getReachersAt(
  _scope: InventoryScope,
  target: Target,
  at: Date,
): Promise<{ wasPresent: boolean; reachers: PastReacher[]; isCut: boolean }> {
  const isOne = "entitlementId" in target;
  const [wasPresent, past] = await Promise.all([
    isOne ? presentAt(reader, "entitlements", target.entitlementId, at) : presentAt(reader, "resources", target.resourceId, at),
    reachersAt(reader, isOne ? [target.entitlementId] : await entitlementsOn(target.resourceId), at),
  ]);
  return { wasPresent, ...past };
}

/** Those that are gone by now as well. */
const entitlementsOn = async (resourceId: string): Promise<string[]> =>
  (await reader.rows<{ id: string }>("SELECT id FROM entitlements WHERE resource_id = $1::uuid ORDER BY id", [resourceId])).map(
    ({ id }) => id,
  );
