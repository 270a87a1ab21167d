import "server-only";
import { cache } from "react";
import { requireCtx } from "#lib/auth/loaders.ts";
import { can } from "#lib/authz/permissions.ts";
import { evidenceScope } from "#lib/authz/scope.ts";
import { findCampaignName, getSigningKey, listExportable, listExports, listPacks } from "./queries.ts";
import { evidenceSearchParams } from "./schema.ts";

export type Search = Record<string, string | string[] | undefined>;

/** The page of packs, of one campaign where the URL names one; null where the reader may not see evidence. */
export async function loadEvidence(search: Search) {
  const { actor } = await requireCtx();
  if (!can(actor, "evidence.read")) return null;
  const scope = evidenceScope(actor);
  const campaignId = evidenceSearchParams.parse(search).campaign || null;
  const filter = { campaignId };
  const [packs, exportable, exports, key, campaign] = await Promise.all([
    listPacks(scope, filter),
    listExportable(scope, filter),
    listExports(scope),
    getSigningKey(scope),
    campaignId ? findCampaignName(scope, campaignId) : null,
  ]);
  return { packs, exportable, exports, key, campaign, campaignId, canExport: can(actor, "evidence.export") };
}

/** What was proven and what was not: the newest pack of each campaign, and the campaigns without any; null: not open to this person. */
export const loadProof = cache(async () => {
  const { actor } = await requireCtx();
  if (!can(actor, "evidence.read")) return null;
  const scope = evidenceScope(actor);
  const [packs, exportable] = await Promise.all([listPacks(scope, { campaignId: null }), listExportable(scope, { campaignId: null })]);
  return {
    packs: packs.length,
    newest: packs.filter(({ campaignId }, index) => packs.findIndex((pack) => pack.campaignId === campaignId) === index),
    without: exportable.filter((campaign) => campaign.packs === 0),
  };
});
