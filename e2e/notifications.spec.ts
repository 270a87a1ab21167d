import { decideItem } from "#lib/campaigns/commands/decide.ts";
import { reassignItems } from "#lib/campaigns/commands/reassign.ts";
import { submitDecisions } from "#lib/campaigns/commands/submit.ts";
import { tellReviewers } from "#lib/campaigns/commands/tell.ts";
import { reader } from "#lib/db/transact.ts";
import * as make from "#lib/testing/factories.ts";
import { DEMO_PASSWORD, expect, PASSWORD, systemCtx, test, throughDialog } from "./fixtures.ts";
import { launchedReview } from "./launched-review.ts";
import { managerReview } from "./manager-review.ts";

const INGRID = "ingrid.vass@demo-corp.example";

test("a reviewer is told what waits, finds it behind the bell by the keyboard, and lands on exactly that page after signing in", async ({
  page,
  makeUser,
  signInAs,
}) => {
  const owner = await makeUser({ roles: ["campaign_manager"] });
  const { campaignId, name } = await launchedReview(owner.userId, { member: "wei_zhang", groups: ["finance_auditor"] });
  await tellReviewers(systemCtx());
  const review = `/campaigns/${campaignId}/review`;

  await test.step("the link in the mail asks who is there, and leads on", async () => {
    await page.goto(review);
    await page.getByLabel("Mail address").fill(INGRID);
    await page.getByRole("textbox", { name: "Password" }).fill(DEMO_PASSWORD);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(page).toHaveURL(new RegExp(`${review}$`));
  });

  await test.step("the inbox holds it, and reading it takes it from the count", async () => {
    await signInAs({ mail: INGRID });
    await page.goto("/notifications?show=unread");
    const line = page.getByRole("listitem").filter({ hasText: `1 item waits for your answer: ${name}` });
    await expect(line).toContainText("hand your answers in by");
    const link = line.getByRole("link", { name: /^Open my review/ });
    await link.focus();
    await page.keyboard.press("e");
    await expect(line).toHaveCount(0);
    await page.goto("/notifications");
    await page.getByRole("link", { name: `1 item waits for your answer: ${name}` }).click();
    await expect(page).toHaveURL(new RegExp(`${review}$`));
  });
});

test("an owner reminds one reviewer, then everybody: only those with open items are told, and each once", async ({
  page,
  makeUser,
  signInAs,
}) => {
  const owner = await makeUser({ roles: ["campaign_manager"] });
  const { campaignId, name, open, done } = await halfDone(owner.userId);
  await signInAs(owner);
  await page.goto(`/campaigns/${campaignId}`);
  await expect(page.getByRole("button", { name: `Remind ${done.name}` })).toHaveCount(0);
  await page.getByRole("button", { name: `Remind ${open.name}` }).click();
  await page
    .getByRole("dialog", { name: `Remind ${open.name}` })
    .getByRole("button", { name: "Remind", exact: true })
    .click();
  await expect(page.getByText(`Reminded ${open.name}`, { exact: true })).toBeVisible();
  await throughDialog(page, "Remind those with open items");
  await expect(page.getByText("Everybody was reminded today already")).toBeVisible();

  const reminder = page.getByRole("listitem").filter({ hasText: new RegExp(`open items? in ${name}`) });
  await signInAs({ userId: open.userId });
  await page.goto("/notifications");
  await expect(reminder).toHaveCount(1);
  await signInAs({ userId: done.userId });
  await page.goto("/notifications");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(reminder).toHaveCount(0);
});

/** A review of two: one has three items open, the other handed theirs in. */
async function halfDone(ownerUserId: string) {
  const { campaignId, name, managerId, otherId } = await managerReview(ownerUserId, 5);
  const items = await reader.rows<{ id: string }>("SELECT id FROM items WHERE campaign_id = $1::uuid ORDER BY id", [campaignId]);
  const passed = items.slice(0, 2).map(({ id }) => id);
  const manager = await make.makeUser({ roles: ["campaign_manager"], label: "Another manager" });
  await reassignItems(make.ctxOf(manager), { campaignId, itemIds: passed, toPersonId: otherId, reason: "Knows these best." });
  const [open, done] = await Promise.all(
    [managerId, otherId].map(async (personId) => make.makeUser({ personId, roles: ["reviewer"], label: `Reviewer ${personId.slice(-6)}` })),
  );
  if (!open || !done) throw new Error("nobody was made");
  for (const itemId of passed)
    await decideItem(make.ctxOf(done), { campaignId, itemId, version: 1, answer: "revoke", rationale: "Not needed any more." });
  await submitDecisions(make.confirmed(done), { campaignId, instructionsVersion: 1, attestation: "I looked at each of these." });
  const nameOf = async (personId: string) =>
    (await reader.rows<{ name: string }>("SELECT name FROM people WHERE id = $1::uuid", [personId]))[0]?.name ?? "";
  return {
    campaignId,
    name,
    open: { userId: open.userId, name: await nameOf(managerId) },
    done: { userId: done.userId, name: await nameOf(otherId) },
  };
}

test("an administrator is told how mail is switched on, names a webhook whose secret is shown once, and removes it", async ({
  page,
  makeUser,
  signInAs,
}) => {
  const user = await makeUser({ roles: ["administrator"] });
  await signInAs(user);
  await page.goto("/administration/notifications");
  await expect(page.getByText(/^Mail is off: people are told in the app only/)).toBeVisible();
  await expect(page.getByRole("button", { name: "Send me a test mail" })).toBeHidden();

  const hook = `Hook ${user.userId.slice(-6)}`;
  await page.getByRole("button", { name: "Add a webhook" }).click();
  await page.getByLabel("Name").fill(hook);
  await page.getByLabel("Address").fill("http://127.0.0.1:9/");
  await page.getByRole("button", { name: "Add the webhook" }).click();
  await page.getByRole("dialog", { name: "Confirm that it is you" }).getByLabel("Your password").fill(PASSWORD);
  await page.keyboard.press("Enter");
  await expect(page.getByText(/^whsec_/)).toBeVisible();
  await page.getByRole("button", { name: "I have kept it" }).click();
  await expect(page.getByText(/^whsec_/)).toHaveCount(0);

  const line = page.getByRole("listitem").filter({ hasText: hook });
  await line.getByRole("button", { name: "Test it" }).click();
  await expect(line.getByRole("status")).toContainText("ECONNREFUSED");
  await line.getByRole("button", { name: "Remove" }).click();
  await page
    .getByRole("dialog", { name: `Remove ${hook}` })
    .getByRole("button", { name: "Remove" })
    .click();
  await expect(line).toHaveCount(0);
});

test("somebody who wants one digest a day says so, and is asked no further", async ({ page, makeUser, signInAs }) => {
  await signInAs(await makeUser({ roles: ["reviewer"] }));
  await page.goto("/account");
  await page.getByRole("radio", { name: "Once a day" }).check();
  await expect(page.getByText("Saved how you are told")).toBeVisible();
  await page.reload();
  await expect(page.getByRole("radio", { name: "Once a day" })).toBeChecked();
});
