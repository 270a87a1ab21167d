import type { Page } from "@playwright/test";
import pg from "pg";
import { confirmIdentity, DEMO_PASSWORD, expect, PASSWORD, test, throughDialog } from "./fixtures.ts";
import { launchedReview } from "./launched-review.ts";

const MEMBER = "jonas_okafor";
/** He has the second through the first as well, and two grantors wrote the second down: only taking all of it away takes it away. */
const GROUPS = ["payments_admin", "payments_writer"];
const MARA = "mara.lindt@demo-corp.example";
const WEI = "wei.zhang@demo-corp.example";

test("a revoke is executed in a real server by grantor and closes only when two later syncs show it gone", async ({
  page,
  makeUser,
  signInAs,
}) => {
  test.slow();
  expect(await grantorsOf("payments_writer")).toEqual(["access_admin", "access_selfservice"]);
  const owner = await makeUser({ roles: ["campaign_manager"] });
  const { campaignId, sourceId, name } = await launchedReview(owner.userId, { member: MEMBER, groups: GROUPS });

  await test.step("one person switches the demo's writing off, two people switch it on", async () => {
    const writer = new URL(process.env.DEMO_CORP_WRITER_URL ?? "");
    await signInAs(await makeUser({ roles: ["security_analyst"] }));
    await page.goto(`/sources/${sourceId}`);
    const writes = page.getByRole("region", { name: "Taking access back" });
    await throughDialog(page, "Switch writing off", (dialog) => dialog.getByLabel(/^Why/).fill("The account's password is changed."));
    await writes.getByRole("button", { name: "Ask to switch writing on" }).click();
    const dialog = page.getByRole("dialog", { name: "Ask to switch writing on" });
    await dialog.getByLabel("Account that writes").fill(writer.username);
    await dialog.getByRole("textbox", { name: "Its password" }).fill(decodeURIComponent(writer.password));
    await dialog.getByLabel("Why").fill("Removals of this quarter's review.");
    await dialog.getByRole("button", { name: "Ask a second person" }).click();
    await confirmIdentity(page, PASSWORD);
    await expect(writes.getByText("somebody else has to confirm it")).toBeVisible();
    await expect(writes.getByRole("button", { name: "Confirm" })).toBeHidden();

    await signInAs(await makeUser({ roles: ["administrator"] }));
    await page.reload();
    await expect(writes.getByText(writer.username)).toBeVisible();
    await throughDialog(page, "Confirm");
    await confirmIdentity(page, PASSWORD);
    await expect(writes.getByText(/^On since/)).toBeVisible();
  });

  await test.step("his manager revokes both, and the campaign is signed off", async () => {
    await signInAs({ mail: MARA });
    await page.goto(`/campaigns/${campaignId}/review`);
    await page.getByRole("grid", { name: /^Items to decide/ }).waitFor();
    await page.keyboard.press("j");
    for (const left of [1, 0]) {
      await page.keyboard.press("n");
      const why = page.getByRole("dialog", { name: "Revoke: why?" });
      await why.getByLabel(/^Reason/).fill("He leads another team since October.");
      await page.keyboard.press("Enter");
      await expect(page.getByText(`${left} of 2 left`)).toBeVisible();
    }
    await page.getByRole("button", { name: "Submit 2" }).click();
    await page.getByRole("dialog").getByRole("checkbox").check();
    await page.getByRole("dialog").getByRole("button", { name: "Submit 2 decisions" }).click();
    await confirmIdentity(page, DEMO_PASSWORD);
    await expect(page.getByText("2 submitted")).toBeVisible();

    await signInAs(owner);
    await page.goto(`/campaigns/${campaignId}`);
    await throughDialog(page, "Close decisions");
    await throughDialog(page, "Sign off");
    await confirmIdentity(page, PASSWORD);
    await expect(page.getByRole("region", { name: "Sign-off" })).toBeVisible();
  });

  const urls = await test.step("security approves what is critical", async () => {
    await signInAs({ mail: WEI });
    const found = [];
    for (const group of GROUPS) {
      await expect(async () => {
        await page.goto(`/remediations?campaignId=${campaignId}`);
        await page.getByRole("table").getByRole("link", { name: group }).click({ timeout: 2_000 });
      }).toPass();
      await expect(page.getByRole("region", { name: "What and why" }).getByRole("link", { name })).toBeVisible();
      if (group === "payments_admin") {
        await throughDialog(page, "Approve the removal");
        await expect(page.getByRole("dialog")).toHaveCount(0);
      }
      await expect(page.getByText("Approved", { exact: true }).first()).toBeVisible();
      found.push(page.url());
    }
    return found;
  });

  await test.step("a platform engineer, who decided nothing, has the connector take both back", async () => {
    await signInAs(await makeUser({ roles: ["platform_engineer"] }));
    for (const url of urls) {
      await page.goto(url);
      await page.getByRole("button", { name: "Check before executing" }).click();
      const checks = page.getByRole("list", { name: "Checks before executing" });
      await expect(checks).toBeVisible();
      for (const warning of await checks.getByRole("checkbox").all()) await warning.check();
      await throughDialog(page, "Execute");
      await confirmIdentity(page, PASSWORD);
      await expect(page.getByText("Applied, not verified")).toBeVisible();
    }
    for (const group of GROUPS) expect(await grantorsOf(group)).toEqual([]);
  });

  await test.step("two syncs from the page prove it", async () => {
    for (const proof of [/^Absent in 1 of 2 syncs/i, /^Verified /]) {
      await syncFromPage(page, sourceId);
      for (const url of urls) {
        await expect(async () => {
          await page.goto(url);
          await expect(page.getByRole("region", { name: "Proof" }).getByText(proof)).toBeVisible({ timeout: 2_000 });
        }).toPass();
      }
    }
    for (const url of urls) {
      await page.goto(url);
      await expect(page.getByText("Verified", { exact: true })).toBeVisible();
      await expect(page.getByRole("region", { name: "Proof" }).getByText("did not find it")).toHaveCount(2);
    }
    for (const group of GROUPS) expect(await grantorsOf(group)).toEqual([]);
  });
});

/** Who wrote down that he is a member, as the server itself has it. */
async function grantorsOf(group: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: process.env.DEMO_CORP_URL });
  await client.connect();
  try {
    const { rows } = await client.query<{ grantor: string }>(
      `SELECT m.grantor::regrole::text AS grantor FROM pg_auth_members m
       WHERE m.roleid = to_regrole($1) AND m.member = to_regrole($2) ORDER BY 1`,
      [group, MEMBER],
    );
    return rows.map(({ grantor }) => grantor);
  } finally {
    await client.end();
  }
}

/** Starts a sync and waits until the page lists it among the applied ones. */
async function syncFromPage(page: Page, sourceId: string): Promise<void> {
  await page.goto(`/sources/${sourceId}`);
  const applied = page.getByRole("table", { name: "Sync runs, newest first" }).getByRole("row").filter({ hasText: "Applied" });
  await expect(applied.first()).toBeVisible();
  const before = await applied.count();
  await page.getByRole("button", { name: "Sync now" }).click();
  await expect(applied).toHaveCount(before + 1);
}
