import AxeBuilder from "@axe-core/playwright";
import type { Locator, Page } from "@playwright/test";
import { reader } from "#lib/db/transact.ts";
import { confirmIdentity, DEMO_PASSWORD, expect, test } from "./fixtures.ts";
import { launchedReview } from "./launched-review.ts";

const HENRIK = "henrik.solberg@demo-corp.example";
const WEI = "wei.zhang@demo-corp.example";

test.describe("everybody lands on what waits for them", () => {
  const PARTS = [
    ["reviewer", ["My reviews", "Remediation"], ["Posture", "Sources", "Campaigns"]],
    ["campaign_manager", ["Campaigns", "Evidence", "Remediation"], ["Posture", "My reviews"]],
    ["security_analyst", ["My reviews", "Posture", "What changed this week", "Campaigns", "Remediation"], ["Evidence"]],
    ["auditor", ["Campaigns", "Evidence", "Remediation"], ["Posture", "My reviews"]],
    ["platform_engineer", ["Sources", "Remediation"], ["Posture", "Campaigns"]],
  ] as const;
  for (const [role, shown, hidden] of PARTS)
    test(`a ${role.replace("_", " ")}`, async ({ page, makeUser, signInAs }) => {
      await signInAs(await makeUser({ roles: [role], personId: await somebody() }));
      await page.goto("/");
      for (const name of shown) await expect(page.getByRole("region", { name, exact: true })).toBeVisible();
      for (const name of hidden) await expect(page.getByRole("region", { name, exact: true })).toHaveCount(0);
    });
});

test("each number leads to a page that is there", async ({ page, signInAs }) => {
  await signInAs({ mail: WEI });
  await page.goto("/");
  await expect(page.getByRole("region", { name: "What changed this week" })).toBeVisible();
  const parts = ["My reviews", "Posture", "What changed this week", "Campaigns", "Remediation"];
  const links = parts.map((name) => page.getByRole("region", { name, exact: true }).getByRole("link"));
  const found = await Promise.all(links.map((each) => each.evaluateAll((all) => all.map((link) => link.getAttribute("href") ?? ""))));
  const addresses = [...new Set(found.flat())];
  expect(addresses.length).toBeGreaterThan(8);
  for (const address of addresses) expect((await page.request.get(address)).status(), address).toBe(200);
});

test("the flag in the header leads to what wants attention", async ({ page, signInAs }) => {
  await signInAs({ mail: WEI });
  await page.goto("/campaigns");
  await page.getByRole("button", { name: /your attention$/ }).click();
  await page.getByRole("link", { name: /left (has|have) live access$/ }).click();
  await expect(page.getByRole("heading", { name: "People who left with live access", level: 1 })).toBeVisible();
  await expect(page.getByRole("link", { name: "Elena Petrova" })).toBeVisible();
});

test("a chart's numbers are a table one click away", async ({ page, signInAs }) => {
  await signInAs({ mail: WEI });
  await page.goto("/");
  const figure = page.getByRole("figure", { name: /^Credentials by age/ });
  const toggle = figure.getByRole("button", { name: "Numbers as a table" });
  await toggle.click();
  await expect(toggle).toHaveAttribute("aria-pressed", "true");
  const table = figure.getByRole("table", { name: /^Credentials by age/ });
  await expect(table.getByRole("row", { name: /^Age unknown/ })).toBeVisible();
  await expect(table.getByRole("columnheader", { name: "Unknown whether it ends" })).toBeVisible();
  await toggle.click();
  await expect(table).toHaveCount(0);
});

test("the first minute is put away once and stays away, for this role alone", async ({ page, signInAs }) => {
  await signInAs({ mail: WEI });
  await page.goto("/");
  const minute = page.getByRole("region", { name: "Your first minute" });
  await expect(minute.getByRole("listitem")).toHaveCount(4);
  await minute.getByRole("button", { name: "Put this away" }).click();
  await expect(minute).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole("heading", { name: "Overview", level: 1 })).toBeVisible();
  await expect(minute).toHaveCount(0);
  await signInAs({ mail: HENRIK });
  await page.goto("/");
  await expect(minute).toBeVisible();
});

test.describe("by keyboard alone", () => {
  test("from the sign-in to the overview, a decision, and handing it in", async ({ page }) => {
    const { name } = await launchedReview(await ownerId(), { member: "oscar_pettersson", groups: ["analytics_reader"] });
    await page.goto("/");
    await page.keyboard.press("Tab");
    await reach(page, page.getByLabel("Mail address"));
    await page.keyboard.type(HENRIK);
    await reach(page, page.getByLabel(/^Password/));
    await page.keyboard.type(DEMO_PASSWORD);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: "Overview", level: 1 })).toBeVisible();

    const waiting = page.getByRole("region", { name: "My reviews" }).getByRole("listitem").filter({ hasText: name });
    await reach(page, waiting.getByRole("link", { name: "Review 1 item" }));
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();

    await expect(page.getByText("1 of 1 left")).toBeVisible();
    await page.keyboard.press("j");
    await page.keyboard.press("n");
    await expect(page.getByRole("dialog", { name: /: why\?$/ })).toBeVisible();
    await page.keyboard.type("Writes no analyses any more.");
    await page.keyboard.press("Enter");
    await expect(page.getByText("0 of 1 left")).toBeVisible();

    await reach(page, page.getByRole("button", { name: "Submit 1", exact: true }));
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Submit 1 decision" });
    await reach(page, dialog.getByRole("checkbox"));
    await page.keyboard.press("Space");
    await reach(page, dialog.getByRole("button", { name: "Submit 1 decision" }));
    await page.keyboard.press("Enter");
    await confirmIdentity(page, DEMO_PASSWORD);
    await expect(page.getByText("1 submitted")).toBeVisible();
  });

  test("an identity is found by a part of its name, and nothing is found of what one may not read", async ({ page, signInAs }) => {
    await signInAs({ mail: WEI });
    await page.goto("/");
    await expect(page.getByRole("heading", { name: "Overview", level: 1 })).toBeVisible();
    const palette = page.getByRole("dialog", { name: "Search" });
    await openPalette(page, palette);
    await page.keyboard.type("finance_aud");
    await expect(palette.getByRole("button", { name: /finance_auditor/ }).first()).toBeVisible();
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
    await page.keyboard.press("Escape");
    await expect(palette).toBeHidden();

    await openPalette(page, palette);
    await page.keyboard.type("camille_d");
    await expect(palette.getByRole("button", { name: /camille_dubois/ }).first()).toBeVisible();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/\/identities\/[0-9a-f-]{36}$/);

    await signInAs({ mail: HENRIK });
    await page.goto("/");
    await openPalette(page, palette);
    // Not a person's name: reviews of his may be called after one.
    await page.keyboard.type("finance_aud");
    await expect(palette.getByText("Nothing that you may read is called “finance_aud”.")).toBeVisible();
  });

  test("the palette says so when names cannot be searched", async ({ page, signInAs }) => {
    await signInAs({ mail: WEI });
    await page.route("**/api/v1/search**", (route) => route.abort());
    await page.goto("/");
    const palette = page.getByRole("dialog", { name: "Search" });
    await openPalette(page, palette);
    await page.keyboard.type("sour");
    await expect(palette.getByText(/^Names cannot be searched now/)).toBeVisible();
    // Pages still open.
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: "Sources", level: 1 })).toBeVisible();
  });
});

const MOST_TABS = 80;

/** Goes there with the Tab key, as somebody without a pointer does. */
async function reach(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeEnabled();
  for (let tabs = 0; tabs < MOST_TABS; tabs += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`not reached by ${MOST_TABS} presses of Tab: ${target}`);
}

/** The page takes keys once it is alive. */
async function openPalette(page: Page, palette: Locator): Promise<void> {
  await expect(async () => {
    await page.keyboard.press("Control+k");
    await expect(palette.getByRole("textbox")).toBeFocused({ timeout: 1_000 });
  }).toPass();
}

async function ownerId(): Promise<string> {
  const [row] = await reader.rows<{ id: string }>("SELECT id FROM app_users WHERE subject = 'astrid.nyberg@demo-corp.example'");
  return row?.id ?? "";
}

/** A person whom nobody signs in as: somebody's reviews need somebody. */
async function somebody(): Promise<string> {
  const [row] = await reader.rows<{ id: string }>(
    "SELECT p.id FROM people p WHERE NOT EXISTS (SELECT FROM app_users u WHERE u.person_id = p.id) AND p.status = 'active' ORDER BY p.name LIMIT 1",
  );
  return row?.id ?? "";
}
