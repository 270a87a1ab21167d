import { reader } from "#lib/db/transact.ts";
import { requestExport, runExport } from "#lib/evidence/commands/export.ts";
import { claimDone } from "#lib/remediation/commands/claim.ts";
import { closeCampaign } from "#lib/remediation/commands/close-campaign.ts";
import { as, CAMPAIGN_OWNER, confirmed, ENGINEER, SECURITY } from "../cast.ts";
import { importExport } from "../exports.ts";
import { FORGE, forgeRecords } from "../forge.ts";
import { NIMBUS, nimbusRecords } from "../nimbus.ts";
import { findReview, requiredReview, stateOf } from "../review.ts";
import { asJob, atLast, type Chapter, type Story } from "../story.ts";
import { AUTUMN } from "./autumn-review.ts";

const knownId = async (): Promise<string | null> => (await findReview(AUTUMN))?.id ?? null;

const tasksIn = (campaignId: string, state: string) =>
  reader.rows<{ id: string; label: string }>(
    `SELECT id, label FROM remediations WHERE campaign_id = $1::uuid AND state::text = $2::text ORDER BY label COLLATE "C"`,
    [campaignId, state],
  );

/**
 * Taken back by hand and proven by two complete exports made after it. The database's clock says when something was taken back, so this
 * really happens now; nothing here can be told as if it were earlier.
 */
export const removals: Chapter = {
  title: "its removals, proven by two syncs, and closed",
  isTold: async () => (await stateOf(AUTUMN)) === "CLOSED",
  async tell(story) {
    const campaignId = await requiredReview(AUTUMN);
    for (const { id, label } of await tasksIn(campaignId, "MANUAL_REQUIRED")) {
      const ctx = await as(story, SECURITY, atLast());
      await claimDone(ctx, {
        remediationId: id,
        proof: `Removed by hand, change CH-${2400 + label.length}; the export of today no longer has it.`,
      });
    }
    for (let tries = 0; tries < 3 && (await tasksIn(campaignId, "CLAIMED_DONE")).length > 0; tries += 1) await exportBoth(story);
    const owner = await as(story, CAMPAIGN_OWNER, atLast());
    await closeCampaign(owner, { campaignId, openRemediationIds: [] });
  },
};

async function exportBoth(story: Story): Promise<void> {
  for (const [world, records] of [
    [FORGE, forgeRecords],
    [NIMBUS, nimbusRecords],
  ] as const) {
    const at = atLast();
    await importExport(await as(story, ENGINEER, at), world, records(story, 0, at));
  }
}

export const pack: Chapter = {
  title: "its evidence pack",
  isTold: async () => (await reader.rows("SELECT FROM evidence_packs WHERE campaign_id = $1::uuid LIMIT 1", [await knownId()])).length > 0,
  async tell(story) {
    const input = { campaignId: await requiredReview(AUTUMN) };
    const auditor = await as(story, "camille_dubois", atLast());
    const { exportId } = await confirmed(auditor, { action: "evidence.export", input }, requestExport);
    await runExport(asJob(atLast()), { exportId });
  },
};

/** One of the removed accesses is there again in the export after: it comes under review by itself. */
export const regrowth: Chapter = {
  title: "one removal that grew back",
  isTold: async () => (await reader.rows("SELECT FROM campaigns WHERE parent_id = $1::uuid LIMIT 1", [await knownId()])).length > 0,
  async tell(story) {
    const at = atLast();
    await importExport(await as(story, ENGINEER, at), NIMBUS, nimbusRecords(story, -1, at));
  },
};
