import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import type { IdentityCounts, ItemGroup, SourceAccount } from "./manifest.ts";

/** Per source: how it was read for this population, and how that compares with the run before. Big numbers are text. */
export async function readSourceAccounts(tx: Tx, sourceIds: readonly string[]): Promise<SourceAccount[]> {
  const rows = await tx.rows<{ account: SourceAccount }>(
    `SELECT jsonb_build_object('id', s.id, 'name', s.name, 'connector', s.kind, 'state', s.state,
       'parameters', s.config, 'mapping', CASE WHEN s.config ? 'mapping' THEN jsonb_build_object('version', s.config #> '{mapping,version}',
         'digest', encode(sha256(convert_to((s.config -> 'mapping')::text, 'UTF8')), 'hex')) END,
       'run', ${runJson("r")},
       'prior_run', ${runJson("p")},
       'changes_since_prior_run', r.changes) AS account
     FROM sources s
     LEFT JOIN LATERAL (SELECT * FROM sync_runs WHERE source_id = s.id AND state = 'APPLIED' ORDER BY started_at DESC LIMIT 1) r ON true
     LEFT JOIN LATERAL (SELECT * FROM sync_runs WHERE source_id = s.id AND state = 'APPLIED' AND started_at < r.started_at ORDER BY started_at DESC LIMIT 1) p ON true
     WHERE s.id = ANY ($1::uuid[]) ORDER BY s.name COLLATE "C", s.id`,
    [sourceIds],
  );
  return rows.map(({ account }) => account);
}

const instant = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const runJson = (run: string) => `CASE WHEN ${run}.id IS NOT NULL THEN jsonb_build_object('id', ${run}.id, 'trigger', ${run}.trigger,
  'started_at', ${instant(`${run}.started_at`)}, 'observed_at', ${instant(`${run}.observed_at`)}, 'finished_at', ${instant(`${run}.finished_at`)},
  'product', ${run}.product, 'account', ${run}.account, 'endpoint', ${run}.endpoint, 'config_digest', ${run}.config_digest, 'scopes', ${run}.scopes,
  'is_complete', ${run}.is_complete, 'is_full_read', ${run}.is_full_read, 'digest', ${run}.digest,
  'overridden_by', ${run}.overridden_by, 'override_confirmed_by', ${run}.confirmed_by, 'override_reason', ${run}.override_reason,
  'streams', (SELECT coalesce(jsonb_agg(jsonb_build_object('stream', t.stream, 'declared', t.declared::text, 'read', t.read::text, 'kept', t.kept::text,
      'excluded', t.excluded::text, 'rejected', t.rejected::text, 'excluded_by', t.excluded_by, 'pages', t.pages, 'completeness', t.completeness,
      'reason', t.reason, 'raw_digest', t.raw_digest, 'digest', t.digest) ORDER BY t.stream COLLATE "C"), '[]') FROM sync_streams t WHERE t.run_id = ${run}.id)) END`;

export async function readSourcesLeftOut(tx: Tx, sourceIds: readonly string[]): Promise<{ id: string; name: string; state: string }[]> {
  return tx.rows(`SELECT id, name, state::text AS state FROM sources WHERE NOT id = ANY ($1::uuid[]) ORDER BY name COLLATE "C", id`, [
    sourceIds,
  ]);
}

export async function groupItems(tx: Tx, heap: string): Promise<ItemGroup[]> {
  return tx.rows<ItemGroup>(
    `SELECT source_id AS "sourceId", identity_class AS "identityClass", identity_status AS "identityStatus", risk_class AS "riskClass", privileged,
       environment, sensitivity, last_used_kind AS "lastUsedKind", started_kind AS "startedKind", reviewer_rule AS "reviewerRule", change,
       count(*)::int AS items, count(*) FILTER (WHERE carried_cycles > 0)::int AS carried
     FROM ${heap} GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11`,
  );
}

/** Identities in scope that hold at least one frozen item, by what they are, and how many review them. Reads the freeze's temporary tables. */
export async function countIdentities(tx: Tx, heap: string): Promise<{ identities: IdentityCounts; reviewers: number }> {
  await tx.rows("DROP TABLE IF EXISTS pg_temp.freeze_pairings");
  await tx.rows(
    `CREATE TEMP TABLE freeze_pairings ON COMMIT DROP AS SELECT identity_id, reviewer_id FROM ${heap} GROUP BY identity_id, reviewer_id`,
  );
  const rows = await tx.rows<{
    class: string;
    status: string;
    employment: string | null;
    hasPerson: boolean;
    hasOwner: boolean;
    ownerLeft: boolean;
    factorsUnknown: boolean;
    identities: number;
  }>(
    `SELECT i.class, i.status, i.employment, i.person_id IS NOT NULL AS "hasPerson", i.owner_id IS NOT NULL AS "hasOwner",
       i.owner_standing IS NOT NULL AS "ownerLeft", i.factors_fact = 'unknown' AS "factorsUnknown", count(*)::int AS identities
     FROM freeze_identities i JOIN (SELECT DISTINCT identity_id FROM freeze_pairings) h ON h.identity_id = i.id GROUP BY 1, 2, 3, 4, 5, 6, 7`,
  );
  const [distinct] = await tx.rows<{ people: number; reviewers: number }>(
    `SELECT (SELECT count(DISTINCT i.person_id)::int FROM freeze_identities i JOIN freeze_pairings h ON h.identity_id = i.id) AS people,
       (SELECT count(DISTINCT reviewer_id)::int FROM freeze_pairings) AS reviewers`,
  );
  const isPerson = (row: { class: string }) => row.class === "human" || row.class === "break_glass";
  const sum = (holds: (row: (typeof rows)[number]) => boolean) => rows.reduce((total, row) => total + (holds(row) ? row.identities : 0), 0);
  const by = (key: (row: (typeof rows)[number]) => string) => {
    const counts: Record<string, number> = {};
    for (const row of rows) counts[key(row)] = (counts[key(row)] ?? 0) + row.identities;
    return counts;
  };
  const identities = {
    identities: sum(() => true),
    people: distinct?.people ?? 0,
    byClass: by((row) => row.class),
    byStatus: by((row) => row.status),
    byEmployment: by((row) => row.employment ?? "no person"),
    orphaned: sum((row) => isPerson(row) && !row.hasPerson),
    unowned: sum((row) => !isPerson(row) && !row.hasOwner),
    ownerLeft: sum((row) => row.hasOwner && row.ownerLeft),
    factorsUnknown: sum((row) => row.factorsUnknown),
  };
  return { identities, reviewers: distinct?.reviewers ?? 0 };
}

/** Other campaigns that are under way over one of the sources. */
export async function findOverlaps(
  tx: Tx,
  campaignId: string | null,
  sourceIds: readonly string[],
): Promise<{ campaignId: string; name: string }[]> {
  return tx.rows(
    `SELECT id AS "campaignId", name FROM campaigns
     WHERE state IN ('STAGED', 'ACTIVE', 'PAUSED', 'CLOSING') AND id IS DISTINCT FROM $1::uuid AND scope -> 'sourceIds' ?| $2::text[] ORDER BY created_at, id`,
    [campaignId, sourceIds],
  );
}

/** Of each source the last campaign over it that was signed off. */
export async function findPriorCampaigns(tx: Tx, sourceIds: readonly string[]): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(
    `SELECT DISTINCT c.id FROM unnest($1::text[]) AS source(id)
     JOIN LATERAL (SELECT id FROM campaigns WHERE signed_off_at IS NOT NULL AND parent_id IS NULL AND scope -> 'sourceIds' ? source.id
       ORDER BY signed_off_at DESC, id DESC LIMIT 1) c ON true`,
    [sourceIds],
  );
  return rows.map(({ id }) => id);
}
