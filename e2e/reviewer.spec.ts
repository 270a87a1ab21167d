import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { reassignItems } from "#lib/campaigns/commands/reassign.ts";
import { reader } from "#lib/db/transact.ts";
import { actingAs, confirmIdentity, expect, PASSWORD, test } from "./fixtures.ts";
import { giveReasonIfAsked, itemsLeft, managerReview, whyDialog } from "./manager-review.ts";

const PHONE = { width: 360, height: 740 };
const table = (page: Page) => page.getByRole("grid", { name: "Items to decide, by person or service" });

async function isClean(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
}

test("a manager certifies 60 items by keyboard alone, and hands them in", async ({ page, makeUser, signInAs }) => {
  test.slow();
  const owner = await makeUser({ roles: ["campaign_manager"] });
  const { campaignId, managerId } = await managerReview(owner.userId, 60);
  await signInAs(await makeUser({ roles: ["reviewer"], personId: managerId }));
  await page.goto(`/campaigns/${campaignId}/review`);
  await expect(table(page)).toBeVisible();
  expect(await itemsLeft(page)).toBe(60);
  await isClean(page);
  const { keys } = await decideByKeyboard(page, 60);
  console.log(`60 items by keyboard: ${(keys / 60).toFixed(2)} keys per decision, reasons typed once`);
  await page.getByRole("button", { name: "Submit 60", exact: true }).focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Submit 60 decisions" });
  await expect(dialog.getByRole("list", { name: "What will happen" })).toContainText("Nothing stays open for you.");
  await isClean(page);
  await dialog.getByRole("checkbox").focus();
  await page.keyboard.press("Space");
  await dialog.getByRole("button", { name: "Submit 60 decisions" }).focus();
  await page.keyboard.press("Enter");
  await confirmIdentity(page, PASSWORD);
  await expect(page.getByText("60 submitted")).toBeVisible();
});

test("a scripted reviewer decides 100 mixed items by keyboard: keys and seconds", async ({ page, makeUser, signInAs }) => {
  test.slow();
  const owner = await makeUser({ roles: ["campaign_manager"] });
  const { campaignId, managerId } = await managerReview(owner.userId, 100);
  await signInAs(await makeUser({ roles: ["reviewer"], personId: managerId }));
  await page.goto(`/campaigns/${campaignId}/review`);
  await expect(table(page)).toBeVisible();
  const began = Date.now();
  const { keys, asked } = await decideByKeyboard(page, 100);
  const seconds = (Date.now() - began) / 1000;
  console.log(
    `100 mixed items: ${(keys / 100).toFixed(2)} keys and ${(seconds / 100).toFixed(2)} s per decision, ${asked} reasons asked for`,
  );
});

test("the same on a phone, with one thumb", async ({ page, makeUser, signInAs }) => {
  test.slow();
  await page.setViewportSize(PHONE);
  const owner = await makeUser({ roles: ["campaign_manager"] });
  const { campaignId, managerId } = await managerReview(owner.userId, 60, { privileged: 1 });
  await signInAs(await makeUser({ roles: ["reviewer"], personId: managerId }));
  await page.goto(`/campaigns/${campaignId}/review`);
  const item = page.getByRole("main").getByRole("article");
  await expect(item.getByText("Item 1 of 60", { exact: false })).toBeVisible();
  await isClean(page);
  // Both buttons are in the lower half, where a thumb is, and as wide as thumbs are.
  for (const name of [/^Keep: /, /^Revoke: /]) {
    const box = await item.getByRole("button", { name }).boundingBox();
    expect([box && box.y > PHONE.height / 2, box && box.height >= 40, box && box.width >= 100]).toEqual([true, true, true]);
  }
  for (let left = 59; left >= 0; left -= 1) {
    await item.getByRole("button", { name: /^Keep: / }).click();
    await giveReasonIfAsked(page, left, "Needed for the work of this quarter.");
  }
  await expect(page.getByRole("button", { name: "Submit 60", exact: true })).toBeInViewport();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(PHONE.width);
});

test("of two managers on one item the first counts, and the other is told", async ({ page, browser, makeUser, signInAs }) => {
  const owner = await makeUser({ roles: ["campaign_manager"] });
  const { campaignId, managerId, otherId } = await managerReview(owner.userId, 5, { privileged: 0 });
  await signInAs(await makeUser({ roles: ["reviewer"], personId: otherId }));
  const second = await (await browser.newContext({ storageState: await page.context().storageState() })).newPage();
  await signInAs(await makeUser({ roles: ["reviewer"], personId: managerId }));
  await page.goto(`/campaigns/${campaignId}/review`);
  await expect(table(page)).toBeVisible();
  // Meanwhile it was given to the other.
  const [item] = await reader.rows<{ id: string; label: string }>(
    "SELECT id, identity_name AS label FROM items WHERE campaign_id = $1::uuid AND last_used_at > now() - interval '5 days' ORDER BY order_key, id LIMIT 1",
    [campaignId],
  );
  const itemIds = [item?.id ?? ""];
  await reassignItems(await actingAs(owner.mail), { campaignId, itemIds, toPersonId: otherId, reason: "Away from tomorrow." });
  await second.goto(`/campaigns/${campaignId}/review`);
  await expect(table(second)).toBeVisible();
  await second.keyboard.press("j");
  await second.keyboard.press("y");
  await giveReasonIfAsked(second, 0, "Needed for the work of this quarter.");
  await expect.poll(() => answersOf(itemIds)).toEqual(["keep"]);
  const row = page.locator(`[data-line-id="${itemIds[0]}"]`);
  await row.getByRole("button", { name: /^Revoke: / }).click();
  await whyDialog(page)
    .getByLabel(/^Reason/)
    .fill("Not needed any more.");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert").filter({ hasText: /not found|elsewhere|does not exist/i })).toBeVisible();
  expect(await answersOf(itemIds)).toEqual(["keep"]);
  await second.context().close();
});

test("the second of two tabs is told that an item was answered, and shows that answer", async ({ page, context, makeUser, signInAs }) => {
  const owner = await makeUser({ roles: ["campaign_manager"] });
  const { campaignId, managerId } = await managerReview(owner.userId, 5, { privileged: 0 });
  await signInAs(await makeUser({ roles: ["reviewer"], personId: managerId }));
  const other = await context.newPage();
  for (const tab of [page, other]) {
    await tab.goto(`/campaigns/${campaignId}/review`);
    await expect(table(tab)).toBeVisible();
  }
  await page.bringToFront();
  await page.keyboard.press("j");
  await page.keyboard.press("n");
  await giveReasonIfAsked(page, 4, "Not needed any more.");
  await page.keyboard.press("k");
  await expect(page.getByRole("row").and(page.locator(":focus"))).toContainText("To be revoked");
  await other.bringToFront();
  await other.keyboard.press("j");
  await other.keyboard.press("y");
  await giveReasonIfAsked(other, 4, "Needed for the work of this quarter.");
  await expect(other.getByRole("alert").filter({ hasText: "answered elsewhere" })).toBeVisible();
  await expect(other.getByText("To be revoked")).toBeVisible();
});

test("what is decided without a connection is sent once it is back, each once", async ({ page, context, makeUser, signInAs }) => {
  const owner = await makeUser({ roles: ["campaign_manager"] });
  const { campaignId, managerId } = await managerReview(owner.userId, 10, { privileged: 0 });
  await signInAs(await makeUser({ roles: ["reviewer"], personId: managerId }));
  await page.goto(`/campaigns/${campaignId}/review`);
  await expect(table(page)).toBeVisible();
  // What a decision needs while away is fetched when somebody comes to a row.
  await page.keyboard.press("j");
  await page.keyboard.press("n");
  await expect(whyDialog(page).getByLabel(/^Reason/)).toBeVisible();
  await page.keyboard.press("Escape");
  await context.setOffline(true);
  for (let left = 9; left >= 6; left -= 1) {
    await page.keyboard.press("y");
    await giveReasonIfAsked(page, left, "Needed for the work of this quarter.");
  }
  await expect(page.getByRole("status").filter({ hasText: "4 answers wait here" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Submit 4" })).toBeDisabled();
  expect(await decisionsOf(campaignId)).toBe(0);
  await context.setOffline(false);
  await expect(page.getByRole("status").filter({ hasText: "wait here" })).toBeHidden();
  await expect(page.getByRole("button", { name: "Submit 4" })).toBeEnabled();
  expect(await decisionsOf(campaignId)).toBe(4);
  await page.reload();
  await expect(page.getByText("6 of 10 left")).toBeVisible();
  expect(await decisionsOf(campaignId)).toBe(4);
});

test("a link from a mail lands on exactly the review after signing in", async ({ page, makeUser }) => {
  const owner = await makeUser({ roles: ["campaign_manager"] });
  const { campaignId, managerId, name } = await managerReview(owner.userId, 5);
  const { mail } = await makeUser({ roles: ["reviewer"], personId: managerId });
  await page.goto(`/campaigns/${campaignId}/review`);
  await page.getByLabel("Mail address").fill(mail);
  await page.getByLabel(/^Password/).fill(PASSWORD);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
  expect(new URL(page.url()).pathname).toBe(`/campaigns/${campaignId}/review`);
  await expect(table(page)).toBeVisible();
});

test("whoever hears the page hears the row, each result, what is left, a lost connection, and what submitting does", async ({
  page,
  context,
  makeUser,
  signInAs,
}) => {
  const owner = await makeUser({ roles: ["campaign_manager"] });
  const { campaignId, managerId, name } = await managerReview(owner.userId, 5, { privileged: 0 });
  await signInAs(await makeUser({ roles: ["reviewer"], personId: managerId }));
  await page.goto(`/campaigns/${campaignId}/review`);
  const focused = page.getByRole("row").and(page.locator(":focus"));
  const status = page.getByRole("status");
  const happened = page.getByRole("log", { name: "What happened" });

  await test.step("landmarks and headings in order, and how many rows there are", async () => {
    for (const landmark of ["banner", "main"] as const) await expect(page.getByRole(landmark)).toHaveCount(1);
    await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
    // The head, one person, five items.
    await expect(table(page)).toHaveAttribute("aria-rowcount", "7");
    await expect(status.filter({ hasText: "5 of 5 left" })).toBeVisible();
  });

  await test.step("the row in focus says whose, what, how grave, when used, and what was decided", async () => {
    await page.keyboard.press("j");
    await expect(focused).toHaveAccessibleName(
      /^Member 0, .*access \d+.*, (low|ordinary|high|critical) risk, (last used .+ ago|last use unknown|last use not told|never used), not decided$/,
    );
    await expect(focused).toHaveAttribute("aria-rowindex", "3");
  });

  await test.step("a decision says what it did and what is left, and the next row follows", async () => {
    await page.keyboard.press("n");
    await expect(page.getByRole("dialog", { name: "Revoke: why?" })).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(focused).toHaveAttribute("aria-rowindex", "3");
    await page.keyboard.press("n");
    await giveReasonIfAsked(page, 4, "Not needed any more.");
    await expect(happened).toContainText("To be revoked: ");
    await expect(status.filter({ hasText: "4 of 5 left" })).toBeVisible();
    await expect(focused).toHaveAttribute("aria-rowindex", "4");
    await page.keyboard.press("k");
    await expect(focused).toHaveAccessibleName(/, To be revoked$/);
    await page.keyboard.press("j");
  });

  await test.step("the panel gives the focus back", async () => {
    await page.keyboard.press("ArrowRight");
    const panel = page.getByRole("dialog");
    await expect(panel.getByRole("heading", { name: "Why you" })).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(focused).toHaveAttribute("aria-rowindex", "4");
  });

  await test.step("a connection that goes is heard, and that it is back", async () => {
    await context.setOffline(true);
    await page.keyboard.press("y");
    await giveReasonIfAsked(page, 3, "Needed for the work of this quarter.");
    await expect(status.filter({ hasText: "Countersign cannot be reached. 1 answer waits here" })).toBeVisible();
    await context.setOffline(false);
    await expect(happened).toContainText("Countersign can be reached again.");
  });

  await test.step("submitting says what it does; leaving it leads back, doing it to the page", async () => {
    const submit = page.getByRole("button", { name: /^Submit/ });
    await submit.focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Submit 2 decisions" });
    await expect(dialog.getByRole("list", { name: "What will happen" })).toContainText("3 items stay open for you.");
    await page.keyboard.press("Escape");
    await expect(dialog).toBeHidden();
    await expect(submit).toBeFocused();
    await page.keyboard.press("Enter");
    await dialog.getByRole("checkbox").check();
    await dialog.getByRole("button", { name: "Submit 2 decisions" }).click();
    await confirmIdentity(page, PASSWORD);
    await expect(happened).toContainText("Submitted 2 decisions");
    await expect(status.filter({ hasText: "3 of 5 left, 2 submitted" })).toBeVisible();
    await expect(page.getByRole("main")).toBeFocused();
  });
});

const answersOf = async (itemIds: readonly string[]): Promise<string[]> =>
  (
    await reader.rows<{ answer: string }>("SELECT answer FROM decisions WHERE item_id = ANY ($1::uuid[]) ORDER BY decided_at", [itemIds])
  ).map(({ answer }) => answer);
const decisionsOf = async (campaignId: string): Promise<number> =>
  (await reader.rows<{ count: number }>("SELECT count(*)::int AS count FROM decisions WHERE campaign_id = $1::uuid", [campaignId]))[0]
    ?.count ?? 0;

/** From the first row to the last; every fifth is revoked. A reason is typed once and chosen again by key after that. */
async function decideByKeyboard(page: Page, items: number): Promise<{ keys: number; asked: number }> {
  let [keys, asked] = [0, 0];
  const press = async (key: string) => {
    keys += 1;
    await page.keyboard.press(key);
  };
  await press("j");
  for (let left = items - 1; left >= 0; left -= 1) {
    const isRevoked = left % 5 === 0;
    await press(isRevoked ? "n" : "y");
    const done = page.getByText(`${left} of ${items} left`);
    await expect(done.or(whyDialog(page))).toBeVisible();
    if (await done.isVisible()) continue;
    asked += 1;
    const reason = isRevoked ? "Not needed for the work of today." : "On call for it this quarter.";
    const field = whyDialog(page).getByLabel(/^Reason/);
    await expect(field).toBeFocused();
    const earlier = await whyDialog(page)
      .getByRole("button", { name: /this quarter|of today/ })
      .allTextContents();
    if (earlier.includes(reason)) {
      for (let at = 0; at <= earlier.indexOf(reason); at += 1) await press("Tab");
      await press("Enter");
      await expect(field).toBeFocused();
    } else await field.pressSequentially(reason);
    await press("Enter");
    await expect(done).toBeVisible();
  }
  return { keys, asked };
}
