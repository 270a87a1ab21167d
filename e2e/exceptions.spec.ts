import { reader } from "#lib/db/transact.ts";
import { turnClock } from "#lib/exceptions/commands/turn-clock.ts";
import { confirmIdentity, DEMO_PASSWORD, expect, PASSWORD, systemCtx, test, throughDialog } from "./fixtures.ts";
import { launchedReview } from "./launched-review.ts";

const INGRID = "ingrid.vass@demo-corp.example";
const DAY_MS = 86_400_000;
const inDays = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
/** Ask, approve and end in one sitting: the clock is the product's own, told a later time. */
const atLater = (days: number) => ({ ...systemCtx(), now: new Date(Date.now() + days * DAY_MS) });

async function personOf(name: string): Promise<string> {
  const [row] = await reader.rows<{ id: string }>("SELECT id FROM people WHERE name = $1::text", [name]);
  return row?.id ?? "";
}

test("an exception asked for in a review, approved by two people, shown as cover, and asked about again once it has ended", async ({
  page,
  makeUser,
  signInAs,
}) => {
  test.slow();
  const owner = await makeUser({ roles: ["campaign_manager"] });
  const { campaignId, itemIds } = await launchedReview(owner.userId, { member: "wei_zhang", groups: ["finance_auditor"] });
  const [itemId] = itemIds;
  const itemUrl = `/campaigns/${campaignId}/items/${itemId}`;

  await test.step("his manager asks for it by the keyboard, and hands it in", async () => {
    await signInAs({ mail: INGRID });
    await page.goto(`/campaigns/${campaignId}/review`);
    await page.getByRole("grid", { name: /^Items to decide/ }).waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("m");
    await page.getByRole("dialog", { name: "More decisions" }).getByRole("button", { name: "Request exception" }).press("Enter");
    const dialog = page.getByRole("dialog", { name: "Request exception" });
    await expect(dialog.getByRole("region", { name: "What this does" })).toContainText("stays while the exception is in force");
    await dialog.getByRole("button", { name: "Request exception" }).click();
    await expect(dialog.getByText("Say why the access has to stay, in a sentence.")).toBeVisible();
    await dialog.getByLabel("Why the access has to stay").fill("He closes the books of the old invoices until March.");
    await dialog.getByLabel("Compensating control").fill("Every statement he runs is logged and read each week.");
    await dialog.getByRole("combobox", { name: "Who answers for the control" }).fill("Mara");
    await page.getByRole("option", { name: /^Mara Lindt/ }).click();
    await dialog.getByLabel("How the control is tested").fill("Mara shows the log of one week with her remarks.");
    await dialog.getByLabel("Next test due").fill(inDays(10));
    await dialog.getByLabel("Ends").fill(inDays(400));
    await dialog.getByRole("button", { name: "Request exception" }).click();
    await expect(dialog.getByText(/an exception lasts \d+ days at most/)).toBeVisible();
    await dialog.getByLabel("Ends").fill(inDays(20));
    await dialog.getByRole("button", { name: "Request exception" }).click();
    await expect(page.getByText("0 of 1 left")).toBeVisible();
    await page.getByRole("button", { name: "Submit 1" }).click();
    await page.getByRole("dialog").getByRole("checkbox").check();
    await page.getByRole("dialog").getByRole("button", { name: "Submit 1 decision" }).click();
    await confirmIdentity(page, DEMO_PASSWORD);
    await expect(page.getByText("1 submitted")).toBeVisible();
  });

  const url = await test.step("whoever holds the access does not approve it, whatever their role", async () => {
    const wei = await makeUser({ roles: ["exception_approver"], personId: await personOf("Wei Zhang") });
    await signInAs(wei);
    await page.goto("/exceptions");
    await page
      .getByRole("table")
      .getByRole("link", { name: /wei_zhang/ })
      .click();
    await expect(page.getByRole("list", { name: "What stands in the way for you" })).toContainText("You own, hold or can use this access");
    await expect(page.getByRole("button", { name: "Approve", exact: true })).toHaveCount(0);
    return page.url();
  });

  await test.step("two other people approve, each confirming that it is them", async () => {
    for (const name of ["Lukas Steiner", "Amara Diallo"]) {
      await signInAs(await makeUser({ roles: ["exception_approver"], personId: await personOf(name), displayName: name }));
      await page.goto("/exceptions?show=waiting");
      await expect(
        page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: /Exceptions .*waiting for you/ }),
      ).toBeVisible();
      await page
        .getByRole("table")
        .getByRole("link", { name: /wei_zhang/ })
        .click();
      await throughDialog(page, "Approve");
      await confirmIdentity(page, PASSWORD);
      await expect(page.getByRole("region", { name: "History" }).getByText(`Approved by ${name}`)).toBeVisible();
    }
    await expect(page.getByText("In force: the access stays until its end, under its control.")).toBeVisible();
  });

  await test.step("the item says that it is covered, since when and until when", async () => {
    await signInAs(owner);
    await page.goto(itemUrl);
    await expect(page.getByRole("link", { name: /^exception since .* until / })).toBeVisible();
  });

  await test.step("its date passes: it has ended, and the item is its reviewer's again", async () => {
    const exceptionId = url.split("/").at(-1) ?? "";
    await turnClock(atLater(11), { exceptionId });
    await page.goto(url);
    await expect(page.getByText("Suspended", { exact: true }).first()).toBeVisible();
    await turnClock(atLater(21), { exceptionId });
    await page.goto(url);
    await expect(page.getByText("It has ended at its date. What it covered is under review again.")).toBeVisible();
    await expect(async () => {
      await page.goto(itemUrl);
      await expect(page.getByText("To decide", { exact: true })).toBeVisible({ timeout: 2_000 });
    }).toPass();
    await expect(page.getByRole("list", { name: "What happened to this item" })).toContainText(
      "Open again, because its exception is not in force",
    );
  });
});
