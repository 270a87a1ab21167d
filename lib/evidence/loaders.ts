import "server-only";
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
