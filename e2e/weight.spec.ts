import type { Browser, BrowserContext, Page } from "@playwright/test";
import { reader } from "#lib/db/transact.ts";
import { expect, test } from "./fixtures.ts";

const HENRIK = "henrik.solberg@demo-corp.example";
const WEI = "wei.zhang@demo-corp.example";
const KB = 1024;
/** Gzipped kilobytes of JavaScript that a cold browser loads until the page is still: a little above what was measured, so that growth is seen. */
const BUDGETS: Readonly<Record<string, { as: string; most: number }>> = {
  "/reviews": { as: HENRIK, most: 225 },
  "/campaigns/[campaignId]/review": { as: HENRIK, most: 240 },
  "/audit": { as: WEI, most: 230 },
  "/sources": { as: WEI, most: 225 },
  // With charts, which come after the page.
  "/": { as: WEI, most: 315 },
  "/campaigns/[campaignId]": { as: WEI, most: 410 },
};

test("no page weighs more JavaScript than its budget", async ({ browser, context, signInAs }) => {
  const [campaign] = await reader.rows<{ id: string }>("SELECT id FROM campaigns WHERE name = 'Q4 access review'");
  for (const [route, { as, most }] of Object.entries(BUDGETS)) {
    await signInAs({ mail: as });
    const address = route.replace("[campaignId]", campaign?.id ?? "");
    const weight = await weigh(browser, context, address);
    console.log(`${route.padEnd(34)} ${(weight / KB).toFixed(0)} KB of JavaScript, gzipped`);
    expect.soft(weight / KB, route).toBeLessThanOrEqual(most);
  }
});

/** In a browser without any cache, until nothing more comes. What only old browsers load is not loaded here either. */
async function weigh(browser: Browser, from: BrowserContext, address: string): Promise<number> {
  const fresh = await browser.newContext({ storageState: await from.storageState() });
  const page = await fresh.newPage();
  await page.goto(address);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  let weight = 0;
  const isStill = async () => {
    const before = weight;
    weight = await scriptsOf(page);
    return weight > 0 && weight === before;
  };
  await expect.poll(isStill, { intervals: [1_000], timeout: 30_000 }).toBe(true);
  await fresh.close();
  return weight;
}

const scriptsOf = (page: Page): Promise<number> =>
  page.evaluate(() =>
    performance
      .getEntriesByType("resource")
      .filter(({ name }) => new URL(name).pathname.endsWith(".js"))
      .reduce((sum, entry) => sum + (entry as PerformanceResourceTiming).encodedBodySize, 0),
  );
