import "server-only";
import { verify } from "node:crypto";
import { publicKeyObject } from "#lib/audit/checkpoint.ts";
import type { JsonObject } from "#lib/audit/types.ts";
import { nextCycles } from "#lib/campaigns/cycles.ts";
import { digestItems } from "#lib/campaigns/digest.sql.ts";
import { templateBody } from "#lib/campaigns/template.ts";
import type { Tx } from "#lib/db/tx.ts";
import { notFound } from "#lib/errors/domain-error.ts";
import { readCounts } from "./counts.sql.ts";
import type { PackFacts } from "./pack-facts.ts";
import { cycles, population, sources } from "./source-tables.sql.ts";
import { iso, rowsSql } from "./tables.sql.ts";

export type Instance = Pick<PackFacts, "checkpoint" | "product"> & { publicKey: Uint8Array; keyId: string; isDemo: boolean };

/** Everything that report and gaps are made of. The view is open. */
export async function readFacts(tx: Tx, campaignId: string, instance: Instance): Promise<PackFacts> {
  const { campaign, manifest, manifestText, pack, signOff } = await readCampaign(tx, campaignId);
  const ledger = await tx.rows<{ [key: string]: string | null }>(rowsSql(population, campaignId));
  const sourceFacts = await readSources(tx, campaignId);
  const counts = await readCounts(tx, campaignId);
  const digests = { population: await digestItems(tx, campaignId, "population"), final: await digestItems(tx, campaignId, "final") };
  const isOurs = pack.keyId === instance.keyId;
  return {
    campaign,
    population: { ...pack, itemsDigest: textOf(manifest.population, "digest") ?? "" },
    signOff,
    checkpoint: instance.checkpoint,
    product: instance.product,
    isDemo: instance.isDemo,
    ledger: ledger.map((row) => ({
      source: row.source ?? "",
      stream: row.stream ?? "",
      declared: row.declared ?? "not declared",
      read: row.read ?? "0",
      kept: row.kept ?? "0",
      excluded: row.excluded ?? "0",
      rejected: row.rejected ?? "0",
      pages: row.pages ?? "0",
      completeness: row.completeness ?? "unknown",
      reason: row.reason ?? null,
    })),
    sources: sourceFacts,
    leftOut: listOf(manifest.sources_left_out).map((source) => textOf(source, "name") ?? ""),
    exclusions: listOf(manifest.excluded).map((one) => ({ cause: textOf(one, "cause") ?? "", grants: numberOf(one, "grants") })),
    byClass: numbersOf(objectOf(manifest.items).by_class),
    unknown: numbersOf(manifest.unknown),
    identities: {
      inScope: numberOf(manifest.identities, "in_scope"),
      people: numberOf(manifest.identities, "people"),
      orphaned: numberOf(manifest.identities, "orphaned"),
      unowned: numberOf(manifest.identities, "unowned"),
      ownerLeft: numberOf(manifest.identities, "owner_left"),
    },
    tieOut: manifest.tie_out
      ? {
          peopleInOffice: numberOf(manifest.tie_out, "people_in_office"),
          peopleWithItems: numberOf(manifest.tie_out, "people_with_items"),
          sources: listOf(objectOf(manifest.tie_out).sources).length,
        }
      : null,
    cyclesUnexplained: await countUnexplained(tx, campaignId),
    notIndependent: numberOf(manifest.reviewers, "not_independent"),
    overlapping: listOf(manifest.overlapping_campaigns).map((one) => textOf(one, "name") ?? ""),
    letThrough: letThroughOf(manifest.override),
    ...counts,
    checks: {
      population: digests.population.digest === textOf(manifest.population, "digest"),
      final: digests.final.digest === signOff.digest,
      signature: isOurs
        ? verify(null, Buffer.from(manifestText), publicKeyObject(instance.publicKey), Buffer.from(pack.signature, "base64"))
        : null,
    },
  };
}

type CampaignPart = Pick<PackFacts, "campaign" | "signOff"> & {
  manifest: JsonObject;
  manifestText: string;
  pack: Omit<PackFacts["population"], "itemsDigest">;
};

/** State and dates by the log: the campaign's own row moves on. */
async function readCampaign(tx: Tx, campaignId: string): Promise<CampaignPart> {
  const [row] = await tx.rows<{
    campaign: PackFacts["campaign"];
    manifest: string;
    pack: CampaignPart["pack"];
    signOff: PackFacts["signOff"];
  }>(
    `SELECT p.manifest, json_build_object('digest', p.manifest_digest, 'signature', p.signature, 'keyId', p.key_id, 'items', p.item_count, 'frozenAt', ${iso("p.frozen_at")}) AS pack,
       json_build_object('id', c.id, 'name', c.name, 'owner', o.name, 'ownerUserId', c.owner_user_id, 'state', s.state, 'scope', c.scope, 'plan', c.plan, 'instructions', c.instructions,
         'instructionsVersion', c.instructions_version, 'zone', c.zone, 'policyDigest', c.policy_digest, 'watchDays', c.watch_days, 'parentId', c.parent_id,
         'createdAt', ${iso("c.created_at")}, 'stagedAt', ${iso("c.staged_at")}, 'launchedAt', ${iso("c.launched_at")}, 'dueAt', ${iso("c.due_at")},
         'closingAt', ${iso("c.closing_at")}, 'signedOffAt', ${iso("c.signed_off_at")}, 'closedAt', ${iso("s.closed_at")}) AS campaign,
       json_build_object('user', g.name, 'userId', f.user_id, 'signedAt', ${iso("f.signed_at")}, 'confirmedBy', f.step_up_method, 'attestation', f.attestation,
         'digest', f.digest, 'counts', f.counts, 'eventId', s.signed_event::text) AS "signOff"
     FROM campaigns c JOIN populations p ON p.campaign_id = c.id JOIN sign_offs f ON f.campaign_id = c.id
     LEFT JOIN pack_users o ON o.id = c.owner_user_id LEFT JOIN pack_users g ON g.id = f.user_id
     CROSS JOIN (SELECT upper((array_agg(split_part(type, '.', 2) ORDER BY leaf_index DESC))[1]) AS state,
         max(recorded_at) FILTER (WHERE type = 'campaign.closed') AS closed_at, max(event_id) FILTER (WHERE type = 'campaign.signed_off') AS signed_event
       FROM pack_events WHERE subject_kind = 'campaign' AND subject_id = ($1::uuid)::text
         AND type IN ('campaign.signed_off', 'campaign.remediating', 'campaign.verifying', 'campaign.closed', 'campaign.archived')) s
     WHERE c.id = $1::uuid`,
    [campaignId],
  );
  if (!row) throw notFound("Campaign", campaignId);
  const manifest = JSON.parse(row.manifest) as JsonObject;
  return {
    campaign: { ...row.campaign, cycle: await readCycle(tx, campaignId) },
    signOff: row.signOff,
    manifest,
    manifestText: row.manifest,
    pack: row.pack,
  };
}

/** The planned starts around the campaign's own, by the template's version that it was made from: the same for every pack of it. */
async function readCycle(tx: Tx, campaignId: string): Promise<PackFacts["campaign"]["cycle"]> {
  const [row] = await tx.rows<{ templateId: string; version: number; digest: string; body: unknown; at: Date; previousAt: Date | null }>(
    `SELECT c.template_id AS "templateId", v.version, v.digest, v.body, c.cycle_at AS at,
       (SELECT max(y.cycle_at) FROM campaign_cycles y WHERE y.template_id = c.template_id AND y.cycle_at < c.cycle_at) AS "previousAt"
     FROM campaigns c JOIN campaign_template_versions v ON v.template_id = c.template_id AND v.version = c.template_version WHERE c.id = $1::uuid`,
    [campaignId],
  );
  if (!row) return null;
  const { templateId, version, digest, at, previousAt } = row;
  const { recurrence, zone } = templateBody.parse(row.body);
  const nextAt = recurrence ? nextCycles(recurrence, zone, at, 1)[0] : undefined;
  return {
    templateId,
    version,
    digest,
    at: at.toISOString(),
    previousAt: previousAt?.toISOString() ?? null,
    nextAt: nextAt?.toISOString() ?? null,
  };
}

async function countUnexplained(tx: Tx, campaignId: string): Promise<number> {
  const rows = await tx.rows<{ missed_because: string | null; explained_by_id: string | null }>(rowsSql(cycles, campaignId));
  return rows.filter((row) => row.missed_because !== null && row.explained_by_id === null).length;
}

async function readSources(tx: Tx, campaignId: string): Promise<PackFacts["sources"]> {
  const rows = await tx.rows<Record<string, string | null> & { in_scope: unknown }>(rowsSql(sources, campaignId));
  const files = await tx.rows<{ id: string; files: number; unattested: number; batches: number; state: string | null }>(
    `SELECT s.id, (SELECT count(*)::int FROM source_files f WHERE f.source_id = s.id AND ${UPLOADED}) AS files,
       (SELECT count(*)::int FROM source_files f WHERE f.source_id = s.id AND f.provenance -> 'attestation' IS NULL AND ${UPLOADED}) AS unattested,
       (SELECT count(*)::int FROM pack_events e WHERE e.subject_kind = 'source' AND e.subject_id = s.id::text AND e.type = 'access_events.imported') AS batches,
       (SELECT e.type FROM pack_events e WHERE e.subject_kind = 'source' AND e.subject_id = s.id::text
          AND e.type IN ('source.paused', 'source.resumed', 'source.retired') ORDER BY e.leaf_index DESC LIMIT 1) AS state
     FROM pack_sources s`,
  );
  return rows
    .filter((row) => row.in_scope === true)
    .map((row) => {
      const more = files.find(({ id }) => id === row.id);
      return {
        id: row.id ?? "",
        name: row.name ?? "",
        connector: row.connector ?? "",
        product: row.product ?? null,
        account: row.account ?? null,
        endpoint: row.endpoint ?? null,
        runId: row.run_id ?? null,
        observedAt: row.observed_at ?? null,
        isComplete: row.is_complete === "true",
        isFullRead: row.is_full_read === "true",
        overrideReason: row.override_reason ?? null,
        items: Number(row.items ?? 0),
        files: more?.files ?? 0,
        unattestedFiles: more?.unattested ?? 0,
        eventBatches: more?.batches ?? 0,
        isPaused: more?.state === "source.paused",
        isRetired: more?.state === "source.retired",
      };
    });
}

const UPLOADED = `EXISTS (SELECT FROM pack_events e WHERE e.type = 'source.file_uploaded' AND e.data ->> 'fileId' = f.id::text)`;

const objectOf = (value: unknown): JsonObject =>
  value !== null && typeof value === "object" && !Array.isArray(value) ? (value as JsonObject) : {};
const listOf = (value: unknown): readonly JsonObject[] => (Array.isArray(value) ? value.map(objectOf) : []);
const textOf = (value: unknown, key: string): string | null => {
  const member = objectOf(value)[key];
  return typeof member === "string" ? member : null;
};
const numberOf = (value: unknown, key: string): number => Number(objectOf(value)[key] ?? 0);
const numbersOf = (value: unknown): Record<string, number> =>
  Object.fromEntries(Object.entries(objectOf(value)).map(([key, count]) => [key, Number(count)]));

function letThroughOf(override: unknown): string[] {
  const reason = textOf(override, "reason");
  return reason === null
    ? []
    : [
        ...listOf(objectOf(override).blocks).map((block) => `${textOf(block, "source_name")}: ${textOf(block, "detail")}`),
        `Two people let it through, because: ${reason}`,
      ];
}
