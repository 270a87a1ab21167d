import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { systemActor } from "#lib/authz/actor.ts";
import { reader } from "#lib/db/transact.ts";
import { startSync } from "#lib/ingest/commands/start-sync.ts";
import { syncRun } from "#lib/ingest/sync.sql.ts";
import { addMemorySource } from "#lib/testing/ingest.ts";
import { type MemoryInventory, memoryConnector } from "#lib/testing/memory-connector.ts";
import { expect, test } from "./fixtures.ts";

const DAY_MS = 86_400_000;
const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS);
const dayOf = (at: Date) => at.toISOString().slice(0, 10);

test("security finds who can reach the production database, by which way, and takes the matrix along", async ({
  page,
  makeUser,
  signInAs,
}) => {
  await signInAs(await makeUser({ roles: ["security_analyst"] }));

  await test.step("by keyboard, from anywhere, to the question and its answer", async () => {
    await page.goto("/");
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.keyboard.press("g");
    await page.keyboard.press("w");
    await expect(page.getByRole("heading", { name: "Who can reach what" })).toBeVisible();
    await page.getByRole("combobox", { name: "A person, an identity, a resource or an entitlement" }).fill("corp.payments");
    await page.getByRole("option", { name: /^demo_corp\.payments \(database/ }).click();
    await expect(page.getByRole("heading", { name: "Who can reach demo_corp.payments?" })).toBeVisible();
  });

  const answer = page.getByRole("table", { name: "Who can reach demo_corp.payments" });
  await test.step("somebody who left is among them, through a group in a group", async () => {
    const elena = answer.getByRole("row").filter({ has: page.getByRole("link", { name: "elena_petrova" }) });
    await expect(elena).toContainText("left");
    await expect(elena).toContainText("privileged");
    await expect(elena).toContainText("through Member of payments_admin → Member of payments_owner");
  });

  await test.step("narrowed to what is privileged, a pipeline is there; its page says it in a sentence", async () => {
    await page.getByRole("combobox", { name: "Privileged" }).selectOption("yes");
    await expect(page).toHaveURL(/privileged=yes/);
    await answer.getByRole("link", { name: "ci_payments_deploy" }).click();
    await expect(page.getByRole("heading", { name: "ci_payments_deploy", level: 1 })).toBeVisible();
    const access = page.getByRole("region", { name: "What it can reach" });
    await expect(access.getByText("Can do anything with the schema demo_corp.payments itself")).toBeVisible();
    await expect(access.getByRole("listitem").filter({ hasText: "Owner of the schema demo_corp.payments" })).toContainText(
      "through Member of payments_owner",
    );
    await expect(page.getByRole("region", { name: "Who is behind it" }).getByRole("link", { name: "Mara Lindt" })).toBeVisible();
  });

  await test.step("the matrix of production goes along as a file, and that it was taken is on record", async () => {
    await page.goto("/access?view=matrix&q=elena&resource=payments");
    await expect(
      page.getByRole("link", { name: /^elena_petrova reaches demo_corp\.payments: \d+ entitlements, 3 privileged/ }),
    ).toBeVisible();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Export as CSV" }).click()]);
    const file = await readFile(await download.path(), "utf8");
    expect(file.split("\r\n")[0]).toContain('"identity","identity_id"');
    expect(file).toContain('"elena_petrova"');
    expect(file).not.toContain('"mara_lindt"');
    const [event] = await reader.rows<{ lines: number }>(
      "SELECT (body::jsonb #>> '{data,lines}')::int AS lines FROM audit_events WHERE type = 'access.exported' ORDER BY id DESC LIMIT 1",
    );
    expect(event?.lines).toBe(file.trim().split("\r\n").length - 1);
  });
});

test("an auditor looks at an identity as of last week, and is told what nobody can know", async ({ page, makeUser, signInAs }) => {
  const name = await changingIdentity();
  await signInAs(await makeUser({ roles: ["auditor"] }));

  await test.step("from the list, by its name", async () => {
    await page.goto("/identities");
    await page.getByRole("searchbox", { name: "Filter: Name, login, mail or id" }).fill(name);
    await page.getByRole("table", { name: "Identities, by name" }).getByRole("link", { name, exact: true }).click();
    await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
    await expect(page.getByRole("region", { name: "What it can reach" }).getByText("It reaches nothing")).toBeVisible();
  });

  await test.step("a week ago it could delete the ledger, through a team that has been emptied since", async () => {
    await page.getByRole("button", { name: "A week ago" }).click();
    await expect(page).toHaveURL(new RegExp(`asOf=${dayOf(daysAgo(7))}`));
    const access = page.getByRole("region", { name: "What it could reach" });
    const sentence = access.getByRole("listitem").filter({ hasText: "Can delete the ledger" });
    await expect(sentence).toContainText("privileged");
    await expect(sentence).toContainText("through Ledger team");
    await expect(page.getByRole("region", { name: "What it was" })).toContainText("Active");
  });

  await test.step("before its source was first read it is unknown, in so many words", async () => {
    await page.getByLabel("As of the end of").fill(dayOf(daysAgo(20)));
    await expect(page).toHaveURL(new RegExp(`asOf=${dayOf(daysAgo(20))}`));
    await expect(page.getByLabel("As of the end of")).toBeFocused();
    await expect(page.getByRole("status").filter({ hasText: "was first read here" })).toContainText("Unknown");
    await expect(page.getByRole("region", { name: "What it could reach" })).toBeHidden();
  });

  await test.step("its history names the syncs that saw it come and go", async () => {
    const history = page.getByRole("list", { name: "History" });
    await expect(history.getByText("Ended: Ledger team")).toBeVisible();
    await expect(history.getByText("Granted: Ledger team")).toBeVisible();
    await history
      .getByRole("link", { name: /^Sync of/ })
      .first()
      .click();
    await expect(page.getByRole("heading", { name: "Sync run", level: 1 })).toBeVisible();
  });
});

/** Ten days ago it held a team that could delete the ledger; three days ago the team was taken from it and it was disabled. */
async function changingIdentity(): Promise<string> {
  const mark = randomUUID().slice(0, 8);
  const name = `svc_ledger_${mark}`;
  const sourceId = await addMemorySource({ name: `Ledger ${mark}`, isPeopleSource: false, dropThreshold: 100 });
  const inventory = (isMember: boolean): MemoryInventory => ({
    identities: [
      { external_id: "svc", name, class: "service", status: isMember ? "active" : "disabled" },
      { external_id: "other", name: `other_${mark}`, class: "service" },
    ],
    resources: [{ external_id: "ledger", name: `ledger ${mark}`, class: "database", environment: "prod", sensitivity: "restricted" }],
    entitlements: [
      { external_id: "team", name: "Ledger team", privileged: "no" },
      { external_id: "delete", name: "delete", resource: "ledger", meaning: "Can delete the ledger", privileged: "yes" },
    ],
    grants: [
      { holder_kind: "entitlement", holder: "team", entitlement: "delete" },
      { holder: "other", entitlement: "team" },
      ...(isMember ? [{ holder: "svc", entitlement: "team" }] : []),
    ],
  });
  for (const [days, isMember] of [
    [10, true],
    [3, false],
  ] as const) {
    const ctx = { actor: systemActor("e2e"), now: daysAgo(days), requestId: `e2e-${randomUUID()}` };
    const { runId } = await startSync(ctx, { sourceId }, { isWorkedHere: true });
    const observedAt = ctx.now.toISOString();
    const outcome = await syncRun(ctx, runId, { open: async () => memoryConnector(inventory(isMember), { observedAt }) });
    expect(outcome.state).toBe("APPLIED");
  }
  return name;
}
