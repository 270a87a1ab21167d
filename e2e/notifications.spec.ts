import { tellReviewers } from "#lib/campaigns/commands/tell.ts";
import { DEMO_PASSWORD, expect, PASSWORD, systemCtx, test } from "./fixtures.ts";
import { launchedReview } from "./launched-review.ts";

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
