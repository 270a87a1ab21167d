import AxeBuilder from "@axe-core/playwright";
import { closeDecisions } from "#lib/campaigns/commands/close.ts";
import { reader } from "#lib/db/transact.ts";
import { confirmIdentity, expect, operatorCtx, PASSWORD, test, throughDialog } from "./fixtures.ts";
import { keptInARush } from "./manager-review.ts";

const ITEMS = 30;

test("an owner has what was kept in a rush looked at again, signs off, and an auditor reads it", async ({ page, makeUser, signInAs }) => {
  test.slow();
  const owner = await makeUser({ roles: ["campaign_manager"] });
  const { campaignId, name, otherId } = await keptInARush(owner.userId, ITEMS);
  await closeDecisions(operatorCtx(), { campaignId });

  await test.step("the owner sees it, cannot sign off, and draws a sample for somebody else", async () => {
    await makeUser({ roles: ["reviewer"], personId: otherId, displayName: "Other" });
    await signInAs(owner);
    await page.goto(`/campaigns/${campaignId}`);
    const reviewers = page.getByRole("table", { name: "Reviewers" });
    await expect(reviewers.getByRole("row").filter({ hasText: "30 of 30" })).toBeVisible();
    await expect(page.getByText(/have somebody look at a sample again/)).toBeVisible();
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
    await page.getByRole("button", { name: /^Second look: / }).click();
    const dialog = page.getByRole("dialog");
    const [other] = await reader.rows<{ name: string }>("SELECT name FROM people WHERE id = $1::uuid", [otherId]);
    await dialog.getByRole("combobox", { name: "Who looks again" }).fill(other?.name ?? "");
    await page.getByRole("option", { name: new RegExp(other?.name ?? "") }).click();
    await dialog.getByRole("button", { name: "Draw a sample" }).click();
    await expect(page.getByText("5 of 5 second looks waiting for an answer", { exact: false })).toBeVisible();
  });

  await test.step("the second reviewer finds it, and would decide one otherwise", async () => {
    const [user] = await reader.rows<{ userId: string }>(`SELECT id AS "userId" FROM app_users WHERE person_id = $1::uuid`, [otherId]);
    await signInAs({ userId: user?.userId ?? "" });
    await page.goto("/reviews");
    await page.getByRole("link", { name: `${name}: 5 second looks` }).click();
    await expect(page.getByRole("heading", { name: "Second look", level: 1 })).toBeVisible();
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
    const open = page.getByRole("article").filter({ has: page.getByRole("button", { name: /^I would keep/ }) });
    await open.first().getByRole("button", { name: "I would revoke it" }).click();
    await page.getByRole("dialog").getByLabel("Why").fill("Not used since spring.");
    await page.getByRole("dialog").getByRole("button", { name: "I would revoke it" }).click();
    for (let left = 3; left >= 0; left -= 1) {
      await expect(open).toHaveCount(left + 1);
      await open
        .first()
        .getByRole("button", { name: /^I would keep/ })
        .click();
    }
    await expect(open).toHaveCount(0);
    await expect(page.getByText("all taken, thank you", { exact: false })).toBeVisible();
  });

  await test.step("the owner reads the opinions and signs off", async () => {
    await signInAs(owner);
    await page.goto(`/campaigns/${campaignId}`);
    await expect(page.getByRole("region", { name: "Second looks" }).first()).toContainText("would revoke: Not used since spring.");
    await throughDialog(page, "Sign off");
    await confirmIdentity(page, PASSWORD);
    await expect(page.getByRole("region", { name: "Sign-off" })).toBeVisible();
  });

  await test.step("an auditor reads how it was decided, and changes nothing", async () => {
    await signInAs(await makeUser({ roles: ["auditor"] }));
    await page.goto(`/campaigns/${campaignId}`);
    await expect(page.getByRole("region", { name: "Second looks" }).first()).toContainText("would revoke");
    await expect(page.getByRole("button", { name: /Second look|Sign off|Reassign/ })).toHaveCount(0);
  });
});
