import { execFile } from "node:child_process";
import { randomInt, randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Page } from "@playwright/test";
import { confirmIdentity, DEMO_PASSWORD, expect, PASSWORD, test, throughDialog } from "./fixtures.ts";

const FILE = path.join(import.meta.dirname, "fixtures/payroll-accounts.csv");
/** Who certifies whom in the demo's company; the two managers first. */
const MARA = "mara.lindt@demo-corp.example";
const HENRIK = "henrik.solberg@demo-corp.example";
const OTHERS = ["ingrid.vass@demo-corp.example", "astrid.nyberg@demo-corp.example", "saskia.holm@demo-corp.example"];

test("a review from the upload of a file to evidence that anyone can verify", async ({ page, makeUser, signInAs }) => {
  test.slow();
  const mark = randomUUID().slice(0, 8);
  const name = { files: `Payroll ${mark}`, database: `Corp database ${mark}`, campaign: `Access of people ${mark}` };

  await test.step("a platform engineer uploads a file through the preview of its mapping", async () => {
    await signInAs(await makeUser({ roles: ["platform_engineer"] }));
    await page.goto("/sources/new");
    await page.getByRole("link", { name: "Use files" }).click();
    await page.getByLabel("Name of the source").fill(name.files);
    await page.getByLabel("Files to import").setInputFiles(FILE);
    const told = (what: string) => page.getByRole("region", { name: `${what} from payroll-accounts.csv` });
    await expect(told("Identities").getByText("7 identities from all 7 rows")).toBeVisible();
    await expect(told("Entitlements").getByText("4 entitlements from all 7 rows")).toBeVisible();
    await expect(told("Grants").getByText("10 grants from all 7 rows")).toBeVisible();
    // Read with another separator the lists would be names of groups; the preview shows it before anything is kept.
    await told("Entitlements").getByLabel("Separated by").fill("|");
    await expect(told("Entitlements").getByText("6 entitlements from all 7 rows")).toBeVisible();
    await told("Entitlements").getByLabel("Separated by").fill(",");
    await expect(told("Entitlements").getByText("4 entitlements from all 7 rows")).toBeVisible();
    await page.getByRole("button", { name: "Import 1 file" }).click();
    await isApplied(page);
  });

  await test.step("and connects a PostgreSQL server, after trying it", async () => {
    const reader = new URL(process.env.DEMO_CORP_URL ?? "");
    await page.goto("/sources/new?kind=postgres");
    await page.getByLabel("Name of the source").fill(name.database);
    await page.getByLabel("Host").fill(reader.hostname);
    await page.getByLabel("Port").fill(reader.port);
    await page.getByRole("textbox", { name: "Database", exact: true }).fill(reader.pathname.slice(1));
    await page.getByLabel("Connection").selectOption({ label: "not encrypted" });
    await page.getByRole("textbox", { name: "Reader", exact: true }).fill(reader.username);
    await page.getByRole("textbox", { name: "Password" }).fill(decodeURIComponent(reader.password));
    await page.getByLabel("Only these databases").fill(reader.pathname.slice(1));
    await page.getByLabel("Leave out these roles").fill("countersign_*");
    await page.getByRole("button", { name: "Test the connection" }).click();
    await expect(page.getByText("Everything that is needed can be read")).toBeVisible();
    await page.getByRole("button", { name: "Add the source and sync it" }).click();
    await confirmIdentity(page, PASSWORD);
    await isApplied(page);
  });

  const manager = await makeUser({ roles: ["campaign_manager"] });
  const campaignUrl = await test.step("a campaign manager freezes and launches a campaign over both", async () => {
    await signInAs(manager);
    await page.goto("/campaigns");
    await page.getByRole("link", { name: "New campaign" }).click();
    await page.getByRole("textbox", { name: "Name", exact: true }).fill(name.campaign);
    await page.getByLabel(name.files).check();
    await page.getByLabel(name.database).check();
    await page.getByRole("group", { name: "Kinds of identities" }).getByLabel("People").check();
    await page.getByRole("combobox", { name: "Fallback reviewer" }).fill("Wei");
    await page.getByRole("option", { name: /Wei Zhang/ }).click();
    await expect(page.getByRole("complementary", { name: "Preview of the scope" }).getByText("5 reviewers")).toBeVisible();
    await page.getByRole("button", { name: "Create the draft" }).click();
    await expect(page.getByRole("heading", { name: name.campaign })).toBeVisible();
    await throughDialog(page, "Freeze the population");
    await expect(page.getByText("The population is frozen and signed.")).toBeVisible();
    await throughDialog(page, "Launch");
    await expect(page.getByText("Reviewers decide.")).toBeVisible();
    return page.url();
  });

  await test.step("one manager decides by keyboard, and takes one answer back", async () => {
    await signInAs({ mail: MARA });
    await openReview(page, name.campaign);
    const before = await itemsLeft(page);
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    const second = await focusedRow(page).textContent();
    await page.keyboard.press("k");
    const first = await focusedRow(page).textContent();
    expect(first).not.toBe(second);
    await page.keyboard.press("n");
    await giveReason(page, "Moved to another team in October.");
    await expect(page.getByText(`${before - 1} of ${before} left`)).toBeVisible();
    await page.keyboard.press("k");
    await expect(focusedRow(page)).toContainText("To be revoked");
    await page.keyboard.press("u");
    await expect(page.getByText(`${before} of ${before} left`)).toBeVisible();
    await decideAll(page, (at) => (at === 0 ? "revoke" : "keep"));
    await submit(page, before, DEMO_PASSWORD);
  });

  await test.step("another manager and everyone else decide theirs", async () => {
    for (const mail of [HENRIK, ...OTHERS]) {
      await signInAs({ mail });
      await openReview(page, name.campaign);
      const items = await itemsLeft(page);
      await decideAll(page, (at) => (mail === HENRIK && at === 1 ? "revoke" : "keep"));
      await submit(page, items, DEMO_PASSWORD);
    }
  });

  await test.step("the campaign manager closes decisions and signs off", async () => {
    await signInAs(manager);
    await page.goto(campaignUrl);
    await expect(page.getByText("Every item was handed in.")).toBeVisible();
    await throughDialog(page, "Close decisions");
    await expect(page.getByText("Every item has an outcome.")).toBeVisible();
    await throughDialog(page, "Sign off", (dialog) => expect(dialog.getByText(/2 to be revoked/)).toBeVisible());
    await confirmIdentity(page, PASSWORD);
    await expect(page.getByRole("region", { name: "Sign-off" })).toBeVisible();
  });

  const pack = await test.step("an auditor exports the evidence and takes it away", async () => {
    await signInAs(await makeUser({ roles: ["auditor"] }));
    await page.goto(campaignUrl);
    await page.getByRole("main").getByRole("link", { name: "Evidence", exact: true }).click();
    await expect(page.getByRole("heading", { name: `Evidence of ${name.campaign}` })).toBeVisible();
    await throughDialog(page, "Export evidence");
    await confirmIdentity(page, PASSWORD);
    const download = page.getByRole("link", { name: `Download the pack of ${name.campaign}` });
    await expect(download).toBeVisible({ timeout: 30_000 });
    const [file] = await Promise.all([page.waitForEvent("download"), download.click()]);
    const saved = test.info().outputPath("pack.zip");
    await file.saveAs(saved);
    return saved;
  });

  await test.step("anyone verifies it offline, and no bit of it can be another", async () => {
    expect(await verify(pack)).toMatchObject({ code: 0, said: expect.stringMatching(/verified/i) });
    const command = await run(["--conditions=react-server", "cli/main.ts", "evidence", "verify", pack]);
    expect(command).toMatchObject({ code: 0, said: expect.stringMatching(/verified/i) });
    const bytes = await readFile(pack);
    const damaged = test.info().outputPath("damaged.zip");
    // The first and the last bytes belong to the container; the rest lies anywhere.
    for (const at of [3, bytes.length - 3, ...Array.from({ length: 6 }, () => randomInt(bytes.length))]) {
      const bit = randomInt(8);
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ (1 << bit);
      await writeFile(damaged, changed);
      const { code, said } = await verify(damaged, "--json");
      expect([code, JSON.parse(said).verdict], `bit ${bit} of byte ${at}`).toEqual([1, "refused"]);
      const [first] = JSON.parse(said).problems;
      expect(first.file ?? first.field, `bit ${bit} of byte ${at}: ${said}`).toBeTruthy();
    }
  });
});

const verify = (...args: string[]) => run(["lib/evidence/verifier/verify.js", ...args]);

/** A plain Node, as an auditor has it: nothing of the instance in its environment. */
async function run(args: string[]): Promise<{ code: number; said: string }> {
  const options = { cwd: path.join(import.meta.dirname, ".."), env: { NODE_ENV: "production" as const, PATH: process.env.PATH } };
  return new Promise((resolve) => {
    execFile(process.execPath, args, options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), said: stdout || stderr }),
    );
  });
}

/** The run's page, once the worker has read the source and the gate has let it through. */
async function isApplied(page: Page): Promise<void> {
  await expect(page.getByRole("heading", { name: "Sync run" })).toBeVisible();
  await expect(page.getByText("Everything was read, passed the gate and is the inventory now.")).toBeVisible({ timeout: 30_000 });
}

async function openReview(page: Page, campaign: string): Promise<void> {
  await page.goto("/reviews");
  await page.getByRole("link", { name: campaign }).click();
  await expect(page.getByRole("heading", { name: campaign, level: 1 })).toBeVisible();
  await expect(page.getByRole("grid", { name: "Items to decide, by person or service" })).toBeVisible();
}

const LEFT = /(\d+) of \d+ left/;

async function itemsLeft(page: Page): Promise<number> {
  const words = await page.getByText(LEFT).textContent();
  return Number(LEFT.exec(words ?? "")?.[1]);
}

const focusedRow = (page: Page) => page.getByRole("row").and(page.locator(":focus"));

async function giveReason(page: Page, reason: string): Promise<void> {
  const dialog = page.getByRole("dialog", { name: /: why\?$/ });
  await dialog.getByLabel(/^Reason/).fill(reason);
  await page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
}

/** From the top of the list to its end without a pointer; the list moves on by itself after each answer. */
async function decideAll(page: Page, answerOf: (at: number) => "keep" | "revoke"): Promise<void> {
  const items = await itemsLeft(page);
  await page.keyboard.press("j");
  await page.keyboard.press("Home");
  await page.keyboard.press("j");
  for (let at = 0; at < items; at += 1) {
    const answer = answerOf(at);
    const row = focusedRow(page);
    await expect(row.getByRole("button", { name: /^Keep: / })).toBeVisible();
    const isPrivileged = await row.getByText("privileged", { exact: true }).isVisible();
    const isAgainst = await row.getByText(/^Suggestion: (?!keep;)/).isVisible();
    await page.keyboard.press(answer === "keep" ? "y" : "n");
    if (answer === "revoke") await giveReason(page, "Not needed for the work of today.");
    else if (isPrivileged || isAgainst) await giveReason(page, "On call for it this quarter.");
    await expect(page.getByText(new RegExp(`\\b${items - at - 1} of \\d+ left`))).toBeVisible();
  }
}

async function submit(page: Page, items: number, password: string): Promise<void> {
  await page.getByRole("button", { name: `Submit ${items}`, exact: true }).click();
  const dialog = page.getByRole("dialog", { name: `Submit ${items} decisions` });
  await dialog.getByRole("checkbox").check();
  await dialog.getByRole("button", { name: `Submit ${items} decisions` }).click();
  await confirmIdentity(page, password);
  await expect(page.getByText(`${items} submitted`)).toBeVisible();
}
