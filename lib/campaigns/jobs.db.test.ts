import { expect, it } from "vitest";
import { systemActor } from "#lib/authz/actor.ts";
import { reader } from "#lib/db/transact.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import * as make from "#lib/testing/factories.ts";
import { launched, world } from "#lib/testing/review-world.ts";
import { collectCampaign } from "./commands/stage.ts";
import { handlers, ticks } from "./jobs.ts";

ownTestDatabase();

const run = async (queue: "campaign.stage" | "inventory.published", data: unknown) => {
  for (const handler of handlers[queue] ?? []) await handler(make.ctxOf(systemActor(queue)), data, AbortSignal.timeout(60_000));
};
const stateOf = async (campaignId: string) =>
  (await reader.rows<{ state: string }>(`SELECT state::text AS state FROM campaigns WHERE id = $1::uuid`, [campaignId]))[0]?.state;

it("freezes once, however often the job is delivered", async () => {
  const { campaignId, owner } = await world();
  await collectCampaign(make.ctxOf(owner), { campaignId });
  await collectCampaign(make.ctxOf(owner), { campaignId });
  for (let delivery = 0; delivery < 3; delivery += 1) await run("campaign.stage", { campaignId });
  expect(await stateOf(campaignId)).toBe("STAGED");
  expect(await make.auditOf("campaign.staged")).toHaveLength(1);
  expect(await reader.rows(`SELECT 1 FROM items WHERE campaign_id = $1::uuid`, [campaignId])).toHaveLength(6);
});

it("follows a sync once, however often the job is delivered", async () => {
  const { campaignId, source } = await launched();
  const [item] = await reader.rows<{ grantId: string; identityId: string }>(
    `SELECT grant_id AS "grantId", identity_id AS "identityId" FROM items WHERE campaign_id = $1::uuid AND identity_name = 'zed'`,
    [campaignId],
  );
  const runId = await make.makeRun(source.id);
  await make.endGrant(item?.grantId ?? "", runId);
  await reader.rows(`UPDATE identities SET gone_run_id = $2::uuid, gone_at = now() WHERE id = $1::uuid`, [item?.identityId, runId]);
  for (let delivery = 0; delivery < 3; delivery += 1) await run("inventory.published", { sourceId: source.id, runId });
  expect(await make.auditOf("campaign_item.voided")).toMatchObject([{ data: { campaignId, cause: "SUBJECT_GONE", runId } }]);
});

it("looks after reviewers who left without any sync telling so", async () => {
  const { campaignId, people } = await launched();
  await reader.rows(`UPDATE people SET ended_on = current_date - 1 WHERE id = $1::uuid`, [people.mia]);
  for (const tick of ticks) await tick.run(make.ctxOf(systemActor(tick.name)));
  const left = await reader.rows(`SELECT 1 FROM items WHERE campaign_id = $1::uuid AND reviewer_id = $2::uuid`, [campaignId, people.mia]);
  expect(left).toEqual([]);
});
