import type { Page } from "@playwright/test";
import { createCampaign } from "#lib/campaigns/commands/create.ts";
import { decideItem } from "#lib/campaigns/commands/decide.ts";
import { launchCampaign } from "#lib/campaigns/commands/launch.ts";
import { stageCampaign } from "#lib/campaigns/commands/stage.ts";
import { submitDecisions } from "#lib/campaigns/commands/submit.ts";
import { reader } from "#lib/db/transact.ts";
import * as make from "#lib/testing/factories.ts";
import { expect, operatorCtx } from "./fixtures.ts";

/* A manager with a team, made for one test: twenty kinds of access, some privileged, unused, new or of somebody who left. */

const DAY_MS = 86_400_000;
const PER_PERSON = 5;

export type ManagerReview = { campaignId: string; name: string; managerId: string; otherId: string; sourceId: string };

/** A launched campaign in which one manager has exactly so many items, and another is at hand. */
export async function managerReview(ownerUserId: string, items: number, { privileged = 4 } = {}): Promise<ManagerReview> {
  const source = await make.makeSource();
  await reader.rows("UPDATE sources SET is_people_source = false WHERE id = $1::uuid", [source.id]);
  const managerId = await make.makePerson(source, { name: `Manager ${source.id.slice(0, 4)}` });
  const otherId = await make.makePerson(source, { name: `Other ${source.id.slice(0, 4)}` });
  const entitlements = await Promise.all(
    Array.from({ length: 20 }, (_, at) =>
      make.makeEntitlement(source, {
        name: `access ${at}`,
        privileged: at < privileged ? "yes" : "no",
        environment: at % 3 === 0 ? "prod" : "test",
        sensitivity: at % 5 === 0 ? "confidential" : "internal",
      }),
    ),
  );
  for (let left = items, at = 0; left > 0; at += 1) {
    const personId = await make.makePerson(source, { name: `Member ${at}`, managerId, status: at % 7 === 6 ? "left" : "active" });
    const identity = await make.makeIdentity(source, { name: `member-${at}`, personId });
    for (let grant = 0; grant < PER_PERSON && left > 0; grant += 1, left -= 1) {
      const days = [2, 143, 40, 12, null][(at + grant) % 5] ?? null;
      const lastUsedAt = days === null ? null : new Date(Date.now() - days * DAY_MS);
      await make.makeGrant(source, identity, entitlements[(at * 3 + grant) % entitlements.length] ?? "", { lastUsedAt });
    }
  }
  const ctx = operatorCtx();
  const name = `Team of ${source.id.slice(0, 8)}`;
  const { campaignId } = await createCampaign(ctx, {
    name,
    scope: { sourceIds: [source.id] },
    dueAt: new Date(ctx.now.getTime() + 86_400_000).toISOString(),
    instructions: "Keep what is needed for the work of today, revoke the rest.",
    fallbackPersonId: otherId,
    ownerUserId,
  });
  await stageCampaign(ctx, { campaignId });
  await launchCampaign(ctx, { campaignId });
  return { campaignId, name, managerId, otherId, sourceId: source.id };
}

/** The same, with everything privileged, kept at two seconds an item and handed in. */
export async function keptInARush(ownerUserId: string, items: number): Promise<ManagerReview> {
  const review = await managerReview(ownerUserId, items, { privileged: 20 });
  const { campaignId, managerId } = review;
  const manager = await make.makeUser({ personId: managerId, roles: ["reviewer"] });
  const mine = await reader.rows<{ id: string }>(
    "SELECT id FROM items WHERE campaign_id = $1::uuid AND reviewer_id = $2::uuid ORDER BY id",
    [campaignId, managerId],
  );
  for (const { id } of mine) {
    const answer = { campaignId, itemId: id, version: 0, answer: "keep" as const, rationale: "Fine.", seconds: 2 };
    await decideItem(make.ctxOf(manager), answer);
  }
  await submitDecisions(make.confirmed(manager), { campaignId, instructionsVersion: 1, attestation: "I looked at each of these." });
  return review;
}

const LEFT = /(\d+) of \d+ left/;

export async function itemsLeft(page: Page): Promise<number> {
  const words = await page.getByText(LEFT).textContent();
  return Number(LEFT.exec(words ?? "")?.[1]);
}

export const whyDialog = (page: Page) => page.getByRole("dialog", { name: /: why\?$/ });

/** After a decision: gives the reason where one is asked for. True where it was. */
export async function giveReasonIfAsked(page: Page, left: number, reason: string): Promise<boolean> {
  const done = page.getByText(new RegExp(`\\b${left} of \\d+ left`));
  await expect(done.or(whyDialog(page))).toBeVisible();
  if (await done.isVisible()) return false;
  await whyDialog(page)
    .getByLabel(/^Reason/)
    .fill(reason);
  await page.keyboard.press("Enter");
  await expect(whyDialog(page)).toBeHidden();
  await expect(done).toBeVisible();
  return true;
}
