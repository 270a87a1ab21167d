import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import { lastSignOffs } from "./last-sign-off.sql.ts";
import type { Exclusion, ExclusionCause } from "./plan-types.ts";
import type { CampaignScopeInput } from "./schema.ts";

/*
 * What of the sources is in a scope. Each filter is one condition that says "known to be outside": the freeze takes what none of them holds
 * for, and the account of what was left out names the first that does. A filter that is not set is not in the statement at all.
 */

const LIVE = `g.ended_run_id IS NULL AND g.holder_kind = 'identity'`;

/** The environment of an access: the resource's; where that tells none, the identity's. */
export const ENVIRONMENT = `CASE WHEN e.environment = 'unknown' THEN i.environment ELSE e.environment END`;

type Filter = { cause: ExclusionCause; isSet: (scope: CampaignScopeInput) => boolean; outside: (environment: string) => string };

/** In the order in which what is left out is told. Over grants g, identities i, entitlements e, and fx, rx, sx of filterJoins. */
const FILTERS: readonly Filter[] = [
  {
    cause: "resource_class",
    isSet: ({ resourceClasses }) => resourceClasses.length > 0,
    outside: () => `coalesce(e.resource_class, 'other') <> ALL (fx.resource_classes)`,
  },
  {
    cause: "environment",
    isSet: ({ environments }) => environments.length > 0,
    outside: (environment) => `${environment} <> ALL (fx.environments)`,
  },
  {
    cause: "sensitivity",
    isSet: ({ sensitivities }) => sensitivities.length > 0,
    outside: () => `e.sensitivity <> ALL (fx.sensitivities)`,
  },
  { cause: "not_privileged", isSet: ({ privilegedOnly }) => privilegedOnly, outside: () => `e.privileged = 'no'` },
  {
    cause: "used",
    isSet: ({ unusedDays }) => unusedDays !== null,
    outside: () => `(g.last_used_kind = 'value' AND g.last_used_at >= fx.unused_before)`,
  },
  {
    cause: "granted_before",
    isSet: ({ grantedSince }) => grantedSince !== null,
    outside: () =>
      `(CASE WHEN g.started_kind = 'value' THEN g.started_at ELSE coalesce(rx.observed_at, rx.finished_at, rx.started_at) END < fx.granted_since)`,
  },
  {
    cause: "signed_off_otherwise",
    isSet: ({ signedOffAs }) => signedOffAs.length > 0,
    outside:
      () => `CASE WHEN sx.identity_id IS NULL THEN 'never' WHEN sx.digest IS DISTINCT FROM e.digest THEN 'changed' ELSE 'unchanged' END
      <> ALL (fx.signed_off_as)`,
  },
];

const setFilters = (scope: CampaignScopeInput): Filter[] => FILTERS.filter(({ isSet }) => isSet(scope));

function filterJoins(scope: CampaignScopeInput): string {
  return [
    setFilters(scope).length > 0 ? "CROSS JOIN freeze_filters fx" : "",
    scope.grantedSince ? "LEFT JOIN sync_runs rx ON rx.id = g.opened_run_id" : "",
    scope.signedOffAs.length > 0
      ? "LEFT JOIN freeze_signed_off sx ON sx.identity_id = g.holder_id AND sx.entitlement_id = g.entitlement_id"
      : "",
  ].join(" ");
}

/** What the filters compare with, as temporary tables: the words of the scope in one row, and how each grant stood at its last sign-off by a person. */
export async function collectFilters(tx: Tx, scope: CampaignScopeInput): Promise<void> {
  await tx.rows("DROP TABLE IF EXISTS pg_temp.freeze_filters, pg_temp.freeze_signed_off");
  if (setFilters(scope).length === 0) return;
  await tx.rows(
    `CREATE TEMP TABLE freeze_filters ON COMMIT DROP AS SELECT $1::text[] AS resource_classes, $2::text[] AS environments, $3::text[] AS sensitivities,
       now() - make_interval(days => $4::int) AS unused_before, $5::timestamptz AS granted_since, $6::text[] AS signed_off_as`,
    [scope.resourceClasses, scope.environments, scope.sensitivities, scope.unusedDays, scope.grantedSince, scope.signedOffAs],
  );
  if (scope.signedOffAs.length === 0) return;
  await tx.rows(`CREATE TEMP TABLE freeze_signed_off ON COMMIT DROP AS ${lastSignOffs("i.source_id = ANY ($1::uuid[])")}`, [
    scope.sourceIds,
  ]);
  await tx.rows("ANALYZE freeze_signed_off");
}

/** Grants in scope joined to their facts, in two parts, so that more may be joined. $1 and $2 are scopeValues. Needs collectFacts and collectFilters. */
export function inScope(scope: CampaignScopeInput): { joins: string; where: string } {
  const outside = setFilters(scope).map(({ outside: condition }) => ` AND NOT ${condition("k.environment")}`);
  return {
    joins: `
  FROM grants g
  JOIN freeze_identities i ON i.id = g.holder_id
  JOIN freeze_entitlements e ON e.id = g.entitlement_id
  JOIN freeze_risks k ON k.entitlement_profile = e.profile AND k.identity_profile = i.profile
  JOIN freeze_sources s ON s.id = g.source_id
  LEFT JOIN freeze_granters y ON y.source_id = g.source_id AND y.granted_by = g.granted_by
  LEFT JOIN freeze_provisioners v ON v.identity_id = g.holder_id AND v.entitlement_id = g.entitlement_id
  ${filterJoins(scope)}`,
    where: `WHERE g.source_id = ANY ($1::uuid[]) AND ${LIVE}
    AND ($2::uuid[] IS NULL OR g.id = ANY ($2::uuid[]))${outside.join("")}`,
  };
}

export const scopeValues = (scope: CampaignScopeInput): readonly unknown[] => [scope.sourceIds, scope.grantIds ?? null];

/** Live grants of the sources that are no items, by the first rule that left them out. Reads the freeze's temporary tables. */
export async function countExclusions(tx: Tx, scope: CampaignScopeInput): Promise<Exclusion[]> {
  const held = await tx.rows<Exclusion>(
    `SELECT 'held_by_entitlement' AS cause, count(*)::int AS grants FROM grants WHERE source_id = ANY ($1::uuid[]) AND ended_run_id IS NULL AND holder_kind = 'entitlement'`,
    [scope.sourceIds],
  );
  const filters = setFilters(scope);
  const isClass = scope.identityClasses.length > 0;
  if (filters.length === 0 && !isClass) return held.filter(({ grants }) => grants > 0);
  const causes = [
    `WHEN cardinality($2::text[]) > 0 AND i.class <> ALL ($2::text[]) THEN 'class'`,
    ...filters.map(({ cause, outside }) => `WHEN ${outside(ENVIRONMENT)} THEN '${cause}'`),
  ];
  const filtered = await tx.rows<Exclusion>(
    `SELECT cause, count(*)::int AS grants FROM (
       SELECT CASE ${causes.join(" ")} END AS cause
       FROM grants g JOIN identities i ON i.id = g.holder_id JOIN freeze_entitlements e ON e.id = g.entitlement_id ${filterJoins(scope)}
       WHERE g.source_id = ANY ($1::uuid[]) AND ${LIVE}) x
     WHERE cause IS NOT NULL GROUP BY cause ORDER BY cause`,
    [scope.sourceIds, scope.identityClasses],
  );
  return [...held, ...filtered].filter(({ grants }) => grants > 0);
}
