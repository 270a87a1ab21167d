import { z } from "zod";
import { defineRoute } from "#lib/actions/define-route.ts";
import type { Actor } from "#lib/authz/actor.ts";
import { can } from "#lib/authz/permissions.ts";
import { campaignScope, inventoryScope, sourceScope } from "#lib/authz/scope.ts";
import { searchCampaigns } from "#lib/campaigns/search.sql.ts";
import { searchSources } from "#lib/ingest/search.sql.ts";
import { searchInventory } from "#lib/inventory/search.sql.ts";

const query = z.object({ q: z.string().trim().max(100).catch("") });
const NO_INVENTORY = { people: [], identities: [], resources: [] };

/** A reviewer finds the campaigns that ask them, which takes knowing who they are. */
const seesCampaigns = (actor: Actor): boolean =>
  can(actor, "campaign.read_all") || (can(actor, "campaign.read") && actor.kind === "user" && actor.personId !== null);

/** What a name may be the name of, to whoever is signed in: of each kind what their scope holds, and nothing of the others. */
export const GET = defineRoute({ name: "search.find", method: "GET", permission: "self.manage", query }, async ({ actor }, given) => {
  const { q } = given.query;
  if (q === "") return { ...NO_INVENTORY, campaigns: [], sources: [] };
  const [inventory, campaigns, sources] = await Promise.all([
    can(actor, "inventory.read") ? searchInventory(inventoryScope(actor), q) : NO_INVENTORY,
    seesCampaigns(actor) ? searchCampaigns(campaignScope(actor), q) : [],
    can(actor, "source.read") ? searchSources(sourceScope(actor), q) : [],
  ]);
  return { ...inventory, campaigns, sources };
});
