import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { isPool, REVIEWER_CHAIN } from "#lib/campaigns/reviewers.ts";
import { reader } from "#lib/db/transact.ts";
import { confirmIdentity, expect, PASSWORD, test } from "./fixtures.ts";

/** What the form begins with. */
const DEFAULT_CHAIN = REVIEWER_CHAIN.filter((link) => !isPool(link));

async function expectNoViolation(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
}

test("an owner asks a group, reads which of its members gets what and by which rule, and finds it on the campaign", async ({
  page,
  makeUser,
  signInAs,
}) => {
  await signInAs(await makeUser({ roles: ["campaign_manager"] }));
  await page.goto("/campaigns/new");
  const name = `Asked of a group ${Date.now()}`;
  await page.getByRole("textbox", { name: "Name", exact: true }).fill(name);
  await page.getByRole("checkbox", { name: "Demo corp database" }).check();
  const chain = page.getByRole("combobox", { name: "Asked in this order" });
  await chain.focus();
  for (const _link of DEFAULT_CHAIN) await page.keyboard.press("Backspace");
  await expect(page.getByText("Somebody has to be asked.")).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await page.getByRole("option", { name: "of the group for this round" }).click();
  await page.keyboard.press("Escape");
  const preview = page.getByRole("complementary", { name: "Preview of the scope" });
  await expect(preview).toContainText("Choose the group");
  await page.getByRole("combobox", { name: "Group" }).fill("finance_auditor");
  await page.getByRole("option", { name: /Member of finance_auditor/ }).click();
  await expect(page.getByText("seven hex digits of the MD5")).toBeVisible();
  await expect(preview).toContainText(/\d+ members? of the group, in the order of its ring/);
  await expectNoViolation(page);
  await page.getByRole("button", { name: "Create the draft" }).click();
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
  await expect(page.getByText(/whoever holds Member of finance_auditor in Demo corp database \(\d+ members? now\)/)).toBeVisible();
});

test("an administrator adds duties that do not go together, sees who holds both, and ends them; a reviewer reads them", async ({
  page,
  makeUser,
  signInAs,
}) => {
  const admin = await makeUser({ roles: ["administrator"] });
  const can = `audit ${admin.userId.slice(-4).replace(/[0-9]/g, "x")}`;
  await signInAs(admin);
  await page.goto("/campaigns/duties");
  await page.getByRole("button", { name: "Add a pair" }).click();
  const dialog = page.getByRole("dialog");
  const words = dialog.getByLabel("Its name or meaning has a word that begins with");
  await dialog.getByLabel("Whoever has it can").first().fill(can);
  await words.first().fill("finance_auditor");
  await dialog.getByLabel("Whoever has it can").last().fill("read");
  await words.last().fill("member");
  await dialog.getByLabel("Why they do not go together").fill("a test");
  await dialog.getByLabel("Why now").fill("The auditors asked for it.");
  await expectNoViolation(page);
  await dialog.getByRole("button", { name: "Add the pair" }).click();
  await confirmIdentity(page, PASSWORD);
  const pair = page.getByRole("listitem").filter({ hasText: `Can ${can} and read` });
  await pair.getByRole("link", { name: /\d+ (person|people)/ }).click();
  await expect(page.getByRole("table", { name: "Who holds both today, and by what" }).getByRole("row")).not.toHaveCount(0);
  await expectNoViolation(page);

  const [someone] = await reader.rows<{ id: string }>("SELECT id FROM people WHERE status = 'active' AND gone_at IS NULL LIMIT 1");
  await signInAs(await makeUser({ roles: ["reviewer"], personId: someone?.id ?? "" }));
  await page.goto("/campaigns/duties");
  await expect(pair).toContainText("A test.");
  await expect(pair.getByRole("link")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "End this pair" })).toHaveCount(0);

  await signInAs(admin);
  await page.goto("/campaigns/duties");
  await pair.getByRole("button", { name: "End this pair" }).click();
  await dialog.getByLabel("Why").fill("It was a test.");
  await dialog.getByRole("button", { name: "End this pair" }).click();
  await confirmIdentity(page, PASSWORD);
  await expect(pair).toHaveCount(0);
});
