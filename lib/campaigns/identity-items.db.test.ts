import { expect, it } from "vitest";
import { campaignScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import * as make from "#lib/testing/factories.ts";
import { itemNamed, launched, world } from "#lib/testing/review-world.ts";
import { decideItem } from "./commands/decide.ts";
import { listIdentityItems } from "./identity-items.sql.ts";

ownTestDatabase();

const identityOf = async (sourceId: string, name: string): Promise<string> => {
  const [row] = await reader.rows<{ id: string }>("SELECT id FROM identities WHERE source_id = $1::uuid AND name = $2::text", [
    sourceId,
    name,
  ]);
  return row?.id ?? "";
};

it("lists the reviews of an identity with their answers, to each the ones that they may see", async () => {
  const { campaignId, source, owner, mia, rob } = await launched();
  const sam = await identityOf(source.id, "sam");
  const item = await itemNamed(mia, campaignId, "sam", "read");
  await decideItem(make.ctxOf(mia), { campaignId, itemId: item.id, answer: "keep", version: 0 });
  const seen = (await listIdentityItems(campaignScope(owner), sam)).map(({ access, answer, reviewer }) => [access, answer, reviewer]);
  expect(seen.sort()).toEqual([
    ["admin", null, "Mia"],
    ["read", "keep", "Mia"],
    ["write", null, "Mia"],
  ]);
  expect(await listIdentityItems(campaignScope(mia), sam)).toHaveLength(3);
  expect(await listIdentityItems(campaignScope(rob), sam)).toEqual([]);
});

it("leaves out a campaign that was not launched", async () => {
  const { source, owner } = await world();
  expect(await listIdentityItems(campaignScope(owner), await identityOf(source.id, "sam"))).toEqual([]);
});
