import { createCampaign } from "#lib/campaigns/commands/create.ts";
import { launchCampaign } from "#lib/campaigns/commands/launch.ts";
import { stageCampaign } from "#lib/campaigns/commands/stage.ts";
import { reader } from "#lib/db/transact.ts";
import { expect, operatorCtx, test } from "./fixtures.ts";

/** What the services of the demo's cloud sign in with and who answers for them; whoever decides about the ledger's key. */
async function launchedMachines(ownerUserId: string): Promise<{ campaignId: string; mail: string }> {
  const ctx = operatorCtx();
  const [source] = await reader.rows<{ id: string; fallback: string }>(
    `SELECT s.id, (SELECT id FROM people WHERE name = 'Wei Zhang') AS fallback FROM sources s WHERE s.name = 'Nimbus cloud'`,
  );
  const { campaignId } = await createCampaign(ctx, {
    name: `Keys and owners ${ctx.requestId.slice(-8)}`,
    scope: { sourceIds: [source?.id ?? ""], identityClasses: ["service"], kinds: ["credential", "identity"] },
    dueAt: new Date(ctx.now.getTime() + 86_400_000).toISOString(),
    instructions: "Keep what is needed as it is, and say what has to change.",
    fallbackPersonId: source?.fallback ?? null,
    ownerUserId,
  });
  await stageCampaign(ctx, { campaignId });
  await launchCampaign(ctx, { campaignId });
  const [reviewer] = await reader.rows<{ mail: string }>(
    `SELECT u.subject AS mail FROM items i JOIN app_users u ON u.person_id = i.reviewer_id
     WHERE i.campaign_id = $1::uuid AND i.kind = 'credential' AND i.identity_name = 'svc-ledger'`,
    [campaignId],
  );
  return { campaignId, mail: reviewer?.mail ?? "" };
}

test("a key is to be rotated and a service gets new owners, decided by what fits them", async ({ page, makeUser, signInAs }) => {
  const owner = await makeUser({ roles: ["campaign_manager"] });
  const { campaignId, mail } = await launchedMachines(owner.userId);
  await signInAs({ mail });
  await page.goto(`/campaigns/${campaignId}/review`);
  const table = page.getByRole("grid", { name: /^Items to decide/ });
  const only = async (words: string) => {
    const filter = page.getByRole("searchbox", { name: "Filter items" });
    await filter.fill(words);
    await filter.press("Enter");
    await page.keyboard.press("j");
  };

  await test.step("a key: what it is stands in the row, and rotating it asks why", async () => {
    await only("NK-LEDGER-1");
    await expect(table.getByText(/^Key NK-LEDGER-1, created .*, never expires/)).toBeVisible();
    await page.keyboard.press("m");
    const more = page.getByRole("dialog", { name: "More decisions" });
    await expect(more.getByRole("list", { name: "Decisions that fit" }).getByRole("button")).toHaveText([
      "Limit in time",
      "Rotate",
      "Shorten",
      "Federate",
      "Split",
    ]);
    await more.getByRole("button", { name: "Rotate" }).click();
    const rotate = page.getByRole("dialog", { name: "Rotate" });
    await rotate.getByRole("button", { name: "Rotate" }).click();
    await expect(rotate.getByText("Say why.")).toBeVisible();
    await rotate.getByLabel("Reason, for whoever checks this later").fill("Nobody has changed it since it was made.");
    await rotate.getByRole("button", { name: "Rotate" }).click();
    await expect(table.getByText("To be rotated")).toBeVisible();
  });

  await test.step("an identity is never revoked: it is retired, split, or gets new owners", async () => {
    await only("Identity and its owners");
    await expect(table.getByRole("button", { name: /^Keep/ }).first()).toBeVisible();
    await expect(table.getByRole("button", { name: /^Revoke/ })).toHaveCount(0);
    await page.keyboard.press("m");
    await page.getByRole("dialog", { name: "More decisions" }).getByRole("button", { name: "Name new owners" }).click();
    const form = page.getByRole("dialog", { name: "Name new owners" });
    for (const [label, name] of [
      ["Owner", "Mara Lindt"],
      ["Backup owner", "Jonas Okafor"],
    ] as const) {
      await form.getByRole("combobox", { name: label, exact: true }).fill(name);
      await page.getByRole("option", { name: new RegExp(`^${name}`) }).click();
    }
    await form.getByLabel("Reason, for whoever checks this later").fill("Payments takes it over.");
    await form.getByRole("button", { name: "Name new owners" }).click();
    await expect(table.getByText("To get new owners")).toBeVisible();
  });

  await test.step("what exactly was asked for is there after a reload", async () => {
    await page.reload();
    await only("NK-LEDGER-1");
    await expect(table.getByText("To be rotated")).toHaveAttribute("title", "A newer credential, and the older one gone.");
  });
});
