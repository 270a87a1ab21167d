import "server-only";
import { createHash } from "node:crypto";
import { canonicalize } from "#lib/audit/canonical.ts";
import { recordAudit } from "#lib/audit/record.ts";
import { signBytes } from "#lib/audit/signing-key.ts";
import type { JsonObject } from "#lib/audit/types.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import type { Tx } from "#lib/db/tx.ts";
import { DEFAULT_RISK_PARAMETERS, policyDigest } from "#lib/policy/risk.ts";
import { type CampaignRecord, campaignSubject, moveCampaign } from "./campaign.sql.ts";
import { keepChanges } from "./changes.sql.ts";
import { breakCircles, FOUND_BESIDE_THE_LINE } from "./circles.sql.ts";
import { collectConflicts } from "./conflicts.sql.ts";
import { DIGEST_LINES, digestItems } from "./digest.sql.ts";
import { collectFacts, type Follows, insertItems, keepReaches } from "./freeze.sql.ts";

import { collectSubjects, insertSubjects } from "./freeze-machines.sql.ts";
import { kindsOf } from "./item-kinds.ts";
import { countIdentities, findOverlaps, findPriorCampaigns, groupItems, readSourceAccounts, readSourcesLeftOut } from "./manifest.sql.ts";
import { type ManifestFacts, populationManifest } from "./manifest.ts";
import { collectOverlaps } from "./overlaps.sql.ts";
import { collectPeers } from "./peers.sql.ts";
import { comparePopulations, findPrevious } from "./previous.sql.ts";
import { RING_RULE } from "./reviewer-pools.sql.ts";
import { countExclusions } from "./scope.sql.ts";
import { findBlocks } from "./sources.sql.ts";
import { readTieOuts } from "./tie-out.sql.ts";
import type { Block } from "./types.ts";

export type StageResult = { state: "STAGED" | "BLOCKED" | "NOT_APPLICABLE"; items: number; blocks: Block[] };
export type Override = { requestId: string; requestedBy: string; confirmedBy: string | null; reason: string };
export type Staging = { override: Override | null; follows?: readonly Follows[] };

/**
 * Every statement of a freeze reads the same inventory, whatever syncs commit meanwhile: by one snapshot where the transaction is the
 * freeze's own; where it joins another's, by keeping syncs from being applied until it ends (the lock that ingest applies under).
 */
export async function oneInventory(tx: Tx, ctx: Ctx): Promise<void> {
  if (ctx.tx) await tx.rows("SELECT pg_advisory_xact_lock_shared(hashtextextended('inventory', 7))");
  else await tx.rows("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
}

/**
 * The gate and the freeze, on a campaign that is locked and COLLECTING. Blocks stop it unless two people let it through, or it follows up
 * named grants: that claims nothing of the rest of the source, and its manifest prints what the gate found.
 */
export async function stageLocked(tx: Tx, ctx: Ctx, campaign: CampaignRecord, given: Staging): Promise<StageResult> {
  const { override, follows } = given;
  const blocks = await findBlocks(tx, campaign.scope.sourceIds, ctx.now);
  if (blocks.length > 0 && !override && !follows) {
    await moveCampaign(tx, campaign, "BLOCKED", { sql: "blocked_by = $4::jsonb", values: [JSON.stringify(blocks)] });
    await recordAudit(tx, ctx, {
      type: "campaign.blocked",
      subject: campaignSubject(campaign),
      data: { reasons: blocks.map(({ sourceId, reason }) => `${sourceId} ${reason}`) },
    });
    return { state: "BLOCKED", items: 0, blocks };
  }
  const { items, manifest, digest } = await freeze(tx, ctx, campaign, { ...given, blocks });
  const { signature, keyId } = await signBytes(tx, Buffer.from(manifest, "utf8"));
  await tx.rows(
    `INSERT INTO populations (campaign_id, manifest, manifest_digest, signature, key_id, item_count, frozen_at)
     VALUES ($1::uuid, $2::text, $3::text, $4::text, $5::text, $6::bigint, now())`,
    [campaign.id, manifest, digest, signature, keyId, items],
  );
  const state = items === 0 ? "NOT_APPLICABLE" : "STAGED";
  await moveCampaign(tx, campaign, state, {
    sql: `staged_at = $5::timestamptz, policy_digest = $4::text${state === "NOT_APPLICABLE" ? ", ended_at = $5::timestamptz" : ""}`,
    values: [policyDigest(DEFAULT_RISK_PARAMETERS), ctx.now],
  });
  if (state === "NOT_APPLICABLE") {
    await recordAudit(tx, ctx, { type: "campaign.not_applicable", subject: campaignSubject(campaign), data: { manifestDigest: digest } });
  } else {
    await recordAudit(tx, ctx, {
      type: "campaign.staged",
      subject: campaignSubject(campaign),
      data: { items, manifestDigest: digest, policyDigest: policyDigest(DEFAULT_RISK_PARAMETERS), overridden: override !== null },
    });
  }
  return { state, items, blocks };
}

async function freeze(
  tx: Tx,
  ctx: Ctx,
  campaign: CampaignRecord,
  { override, follows, blocks }: Staging & { blocks: Block[] },
): Promise<{ items: number; manifest: string; digest: string }> {
  const { scope, fallbackPersonId, plan } = campaign;
  const risk = DEFAULT_RISK_PARAMETERS;
  await collectFacts(tx, { scope, fallbackPersonId, plan, risk });
  await collectOverlaps(tx, scope);
  await collectPeers(tx, scope.sourceIds);
  await collectConflicts(tx);
  const priorCampaignIds = await findPriorCampaigns(tx, scope.sourceIds);
  const [heap] = await tx.rows<{ name: string }>(`SELECT open_items_heap($1::uuid) AS name`, [campaign.id]);
  if (!heap) throw new Error("The heap for the items was not made.");
  if (kindsOf(scope).includes("grant"))
    await insertItems(tx, heap.name, {
      campaignId: campaign.id,
      scope,
      fallbackPersonId,
      plan,
      priorCampaignIds,
      risk,
      follows: follows ?? [],
    });
  await collectSubjects(tx, scope, risk);
  await insertSubjects(tx, heap.name, { campaignId: campaign.id, scope, plan, priorCampaignIds, follows: follows ?? [] });
  await keepReaches(tx, campaign.id);
  const groups = await groupItems(tx, heap.name);
  const { identities, reviewers } = await countIdentities(tx, heap.name);
  await tx.rows(`SELECT attach_items_heap($1::uuid)`, [campaign.id]);
  await breakCircles(tx, campaign, 1, FOUND_BESIDE_THE_LINE);
  await keepChanges(tx, campaign.id, priorCampaignIds);
  const population = await digestItems(tx, campaign.id, "population");
  const [instant] = await tx.rows<{ now: Date; people: number }>(
    `SELECT now() AS now, (SELECT count(*)::int FROM freeze_people WHERE standing IS NULL) AS people`,
  );
  const snapshotAt = (instant?.now ?? ctx.now).toISOString();
  const manifest = canonicalize(
    populationManifest({
      campaign: {
        ...campaignJson(campaign),
        scope: scope as unknown as JsonObject,
        plan: plan as unknown as ManifestFacts["campaign"]["plan"],
      },
      pools: await readPools(tx),
      policy: { digest: policyDigest(risk), parameters: risk },
      snapshotAt,
      sources: await readSourceAccounts(tx, scope.sourceIds),
      leftOut: await readSourcesLeftOut(tx, scope.sourceIds),
      digest: { ...population, form: DIGEST_LINES.population },
      groups,
      identities,
      peopleActive: instant?.people ?? 0,
      tieOuts: await readTieOuts(tx, scope.sourceIds),
      comparison: await compareWithPrevious(tx, campaign),
      reviewers,
      excluded: await countExclusions(tx, scope),
      overlaps: await findOverlaps(tx, campaign.id, scope.sourceIds),
      override: override && { ...override, confirmedAt: ctx.now.toISOString(), blocks },
      follows: follows ?? null,
      blocks,
    }),
  );
  return { items: population.items, manifest, digest: createHash("sha256").update(manifest, "utf8").digest("hex") };
}

async function readPools(tx: Tx): Promise<ManifestFacts["pools"]> {
  const rows = await tx.rows<{ rule: string; members: string[] }>(
    `SELECT rule, array_agg(id ORDER BY place) AS members FROM freeze_pools GROUP BY rule ORDER BY rule`,
  );
  return {
    rule: RING_RULE,
    order: "named: in the order named",
    members: Object.fromEntries(rows.map(({ rule, members }) => [rule, members])),
  };
}

async function compareWithPrevious(tx: Tx, { id, templateId, name, scope }: CampaignRecord): Promise<ManifestFacts["comparison"]> {
  if (scope.grantIds || scope.subjects) return null;
  const previous = await findPrevious(tx, { campaignId: id, templateId, name, sourceIds: scope.sourceIds });
  if (!previous) return null;
  const frozen = `SELECT source_id, identity_id, entitlement_id, entitlement_digest AS digest, first_reviewer_id AS reviewer_id
    FROM items WHERE campaign_id = $1::uuid AND kind = 'grant'`;
  return { previous, sources: await comparePopulations(tx, previous.campaignId, frozen, [id]) };
}

const campaignJson = (campaign: CampaignRecord): Omit<ManifestFacts["campaign"], "scope" | "plan"> => ({
  id: campaign.id,
  name: campaign.name,
  dueAt: campaign.dueAt.toISOString(),
  zone: campaign.zone,
  instructionsVersion: campaign.instructionsVersion,
  ownerUserId: campaign.ownerUserId,
  fallbackPersonId: campaign.fallbackPersonId,
  templateId: campaign.templateId,
  scopeSetBy: campaign.scopeSetBy,
  scopeSetAt: campaign.scopeSetAt?.toISOString() ?? null,
});
