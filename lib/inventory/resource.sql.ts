import "server-only";
import type { InventoryScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { notFound } from "#lib/errors/domain-error.ts";
import { countReachers, type ReachCounts } from "./effective-access.sql.ts";
import { iso, isUuid } from "./list-page.sql.ts";
import { RESOURCE_COLUMNS, RESOURCE_TABLES, type ResourceRow } from "./queries.ts";
import { ALL_RUNS, historyOf, RECENT_RUNS, type RecordHistory } from "./record-history.sql.ts";

export type ResourceEntitlement = {
  id: string;
  name: string;
  meaning: string | null;
  privileged: string;
  /** Identities and entitlements that hold it directly. */
  holders: number;
  /** Versions of its contents; more than one is drift. */
  versions: number;
  changedAt: string | null;
};

export type ResourceView = ResourceRow & {
  firstSeenAt: string;
  goneAt: string | null;
  /** When its source was first read, and the instant that the last read speaks of. */
  sourceSince: string | null;
  observedAt: string | null;
  entitlements: ResourceEntitlement[];
  entitlementCount: number;
  parts: { id: string; name: string; class: string }[];
  partCount: number;
  reach: ReachCounts;
  history: RecordHistory;
};

export const LISTED_ENTITLEMENTS = 100;
const ALL_ENTITLEMENTS = 2_000;
const PARTS = 50;

export async function getResource(
  _scope: InventoryScope,
  resourceId: string,
  whole: { entitlements: boolean; history: boolean },
): Promise<ResourceView> {
  const [row] = isUuid(resourceId)
    ? await reader.rows<Omit<ResourceView, "entitlements" | "parts" | "reach" | "history">>(
        `SELECT ${RESOURCE_COLUMNS}, ${iso("r.first_seen_at")} AS "firstSeenAt", ${iso("r.gone_at")} AS "goneAt",
           (SELECT ${iso("min(n.finished_at)")} FROM sync_runs n WHERE n.source_id = s.id AND n.state = 'APPLIED') AS "sourceSince",
           (SELECT ${iso("coalesce(n.observed_at, n.started_at)")} FROM sync_runs n WHERE n.source_id = s.id AND n.state = 'APPLIED'
            ORDER BY n.finished_at DESC LIMIT 1) AS "observedAt",
           (SELECT count(*)::int FROM entitlements e WHERE e.resource_id = r.id AND e.gone_run_id IS NULL) AS "entitlementCount",
           (SELECT count(*)::int FROM resources c WHERE c.parent_id = r.id AND c.source_id = r.source_id AND c.gone_run_id IS NULL) AS "partCount"
         FROM ${RESOURCE_TABLES} WHERE r.id = $1::uuid`,
        [resourceId],
      )
    : [];
  if (!row) throw notFound("Resource", resourceId);
  const [entitlements, parts, reach, history] = await Promise.all([
    listEntitlements(resourceId, whole.entitlements ? ALL_ENTITLEMENTS : LISTED_ENTITLEMENTS),
    reader.rows<ResourceView["parts"][number]>(
      `SELECT id, name, class FROM resources WHERE parent_id = $1::uuid AND source_id = $2::uuid AND gone_run_id IS NULL
       ORDER BY name COLLATE "C", id LIMIT ${PARTS}`,
      [resourceId, row.sourceId],
    ),
    countReachers(reader, { resourceId }),
    historyOf(reader, "resource", resourceId, whole.history ? ALL_RUNS : RECENT_RUNS),
  ]);
  return { ...row, entitlements, parts, reach, history };
}

/** What can be had on it, privileged first. */
const listEntitlements = (resourceId: string, limit: number): Promise<ResourceEntitlement[]> =>
  reader.rows<ResourceEntitlement>(
    `SELECT e.*, v.versions, CASE WHEN v.versions > 1 THEN v.changed_at END AS "changedAt",
       (SELECT count(*)::int FROM grants g WHERE g.entitlement_id = e.id AND g.ended_run_id IS NULL) AS holders
     FROM (SELECT id, name, meaning, privileged FROM entitlements WHERE resource_id = $1::uuid AND gone_run_id IS NULL
           ORDER BY privileged = 'yes' DESC, privileged = 'unknown' DESC, name COLLATE "C", id LIMIT $2::int) e
     LEFT JOIN LATERAL (SELECT count(*)::int AS versions, ${iso("max(seen_at)")} AS changed_at FROM entitlement_versions WHERE entitlement_id = e.id) v ON true
     ORDER BY e.privileged = 'yes' DESC, e.privileged = 'unknown' DESC, e.name COLLATE "C", e.id`,
    [resourceId, limit],
  );
