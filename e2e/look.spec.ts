import { readdirSync } from "node:fs";
import path from "node:path";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { closeDecisions } from "#lib/campaigns/commands/close.ts";
import { createCampaign } from "#lib/campaigns/commands/create.ts";
import { startCycles } from "#lib/campaigns/commands/cycles.ts";
import { decideItem } from "#lib/campaigns/commands/decide.ts";
import { drawSecondLook } from "#lib/campaigns/commands/draw-second-look.ts";
import { requestItemException } from "#lib/campaigns/commands/request-exception.ts";
import { signOff } from "#lib/campaigns/commands/sign-off.ts";
import { submitDecisions } from "#lib/campaigns/commands/submit.ts";
import { saveTemplate } from "#lib/campaigns/commands/templates.ts";
import { reader } from "#lib/db/transact.ts";
import { exportEvidence } from "#lib/evidence/commands/export.ts";
import { startBatch } from "#lib/remediation/commands/batch.ts";
import { planRemediations } from "#lib/remediation/commands/plan.ts";
import { importAccessEvents } from "#lib/sessions/commands/import-events.ts";
import { confirmed } from "#lib/testing/factories.ts";
import { APPLIED, enableWrites, makeCompany, reviewed, scriptedWriter } from "#lib/testing/removals.ts";
import { assumeRole, callAs, consoleSignIn, logOf } from "#lib/testing/trail.ts";
import { actingAs, expect, operatorCtx, systemCtx, test } from "./fixtures.ts";
import { launchedReview } from "./launched-review.ts";
import { keptInARush } from "./manager-review.ts";

const HENRIK = "henrik.solberg@demo-corp.example";
const ASTRID = "astrid.nyberg@demo-corp.example";
const SCHEMES = ["light", "dark"] as const;
const WIDTHS = [1280, 360] as const;

type Made = Readonly<
  Record<"draftId" | "activeId" | "signedOffId" | "itemId" | "remediationId" | "userId" | "exceptionId" | "templateId" | "batchId", string>
> &
  Readonly<Record<"eventId" | "filesId" | "databaseId" | "runId" | "sessionId", string>>;
type Known = Made & Readonly<Record<"lookedAtId" | "identityId" | "resourceId" | "entitlementId" | "leaverId", string>>;
type Addresses = (known: Known) => readonly string[];

/** Every page of the product and the addresses at which it is looked at. A page that is not here fails the first test. */
const VISITOR: Readonly<Record<string, Addresses>> = {
  "/sign-in": () => ["/sign-in", "/sign-in?error=CredentialsSignin"],
  "/welcome": () => ["/welcome"],
  "/invitation/[code]": () => ["/invitation/none"],
};
const SIGNED_IN: Readonly<Record<string, Addresses>> = {
  "/": () => ["/"],
  "/account": () => ["/account"],
  "/administration": () => ["/administration"],
  "/administration/notifications": () => ["/administration/notifications"],
  "/administration/users": () => ["/administration/users"],
  "/administration/users/[userId]": ({ userId }) => [`/administration/users/${userId}`],
  "/audit": () => ["/audit"],
  "/audit/[eventId]": ({ eventId }) => [`/audit/${eventId}`],
  "/campaigns": () => ["/campaigns"],
  "/campaigns/duties": () => ["/campaigns/duties", "/campaigns/duties?pair=develop_and_deploy"],
  "/campaigns/micro": () => ["/campaigns/micro"],
  "/campaigns/new": () => ["/campaigns/new"],
  "/campaigns/templates": () => ["/campaigns/templates"],
  "/campaigns/templates/new": () => ["/campaigns/templates/new"],
  "/campaigns/templates/[templateId]": ({ templateId }) => [`/campaigns/templates/${templateId}`],
  "/campaigns/templates/[templateId]/edit": ({ templateId }) => [`/campaigns/templates/${templateId}/edit`],
  "/campaigns/[campaignId]": ({ draftId, activeId, signedOffId }) => [draftId, activeId, signedOffId].map((id) => `/campaigns/${id}`),
  "/campaigns/[campaignId]/edit": ({ draftId }) => [`/campaigns/${draftId}/edit`],
  "/campaigns/[campaignId]/items": ({ activeId }) => [`/campaigns/${activeId}/items`],
  "/campaigns/[campaignId]/items/[itemId]": ({ signedOffId, itemId }) => [`/campaigns/${signedOffId}/items/${itemId}`],
  "/cli-login": () => ["/cli-login"],
  "/evidence": () => ["/evidence"],
  "/exceptions": () => ["/exceptions", "/exceptions?q=nothing-is-called-so"],
  "/exceptions/[exceptionId]": ({ exceptionId }) => [`/exceptions/${exceptionId}`],
  "/identities/matching": () => ["/identities/matching"],
  "/notifications": () => ["/notifications", "/notifications?show=unread"],
  "/posture": () => [
    "/posture",
    "/posture?of=grants&privileged=yes",
    "/posture?of=credentials",
    "/posture?of=factors",
    "/posture?of=people",
  ],
  "/remediations": () => ["/remediations", "/remediations?q=nothing-is-called-so"],
  "/remediations/batches/[batchId]": ({ batchId }) => [`/remediations/batches/${batchId}`],
  "/remediations/[remediationId]": ({ remediationId }) => [`/remediations/${remediationId}`],
  "/sessions": () => ["/sessions", "/sessions?show=all", "/sessions?q=nothing-is-called-so"],
  "/sessions/[sessionId]": ({ sessionId }) => [`/sessions/${sessionId}`],
  "/sources": () => ["/sources"],
  "/sources/new": () => ["/sources/new", "/sources/new?kind=files", "/sources/new?kind=postgres", "/sources/new?kind=aws"],
  "/sources/[sourceId]": ({ filesId, databaseId }) => [`/sources/${filesId}`, `/sources/${databaseId}`],
  "/sources/[sourceId]/import": ({ filesId }) => [`/sources/${filesId}/import`],
  "/sources/[sourceId]/runs": ({ databaseId }) => [`/sources/${databaseId}/runs`],
  "/sources/[sourceId]/runs/[runId]": ({ databaseId, runId }) => [`/sources/${databaseId}/runs/${runId}`],
  "/sources/[sourceId]/settings": ({ databaseId }) => [`/sources/${databaseId}/settings`],
};
const INVENTORY: Readonly<Record<string, Addresses>> = {
  "/access": ({ resourceId, leaverId }) => [
    "/access",
    `/access?about=resource:${resourceId}`,
    `/access?about=person:${leaverId}`,
    "/access?view=matrix",
    "/access?view=matrix&q=nobody-is-called-so",
  ],
  "/entitlements/[entitlementId]": ({ entitlementId }) => [
    `/entitlements/${entitlementId}`,
    `/entitlements/${entitlementId}?asOf=2026-01-31`,
  ],
  "/identities": () => ["/identities", "/identities?class=service&owner=none", "/identities?q=nothing-is-called-so"],
  "/identities/[identityId]": ({ identityId }) => [`/identities/${identityId}`, `/identities/${identityId}?asOf=2026-01-31`],
  "/people/[personId]": ({ leaverId }) => [`/people/${leaverId}`, `/people/${leaverId}?asOf=2026-11-10`],
  "/resources": () => ["/resources", "/resources?q=nothing-is-called-so"],
  "/resources/[resourceId]": ({ resourceId }) => [`/resources/${resourceId}`, `/resources/${resourceId}?asOf=2026-01-31`],
};
const REVIEWER: Readonly<Record<string, Addresses>> = {
  "/reviews": () => ["/", "/reviews"],
  "/campaigns/[campaignId]/review": ({ activeId }) => [`/campaigns/${activeId}/review`],
  "/campaigns/[campaignId]/second-look": ({ lookedAtId }) => [`/campaigns/${lookedAtId}/second-look`],
};

// What is wrong is told with its element: a trace of every step here would cost more than the looking.
test.use({ trace: "off" });

test("every page of the product is looked at", () => {
  const app = path.join(import.meta.dirname, "../app");
  const pages = readdirSync(app, { recursive: true, encoding: "utf8" }).filter((file) => path.basename(file) === "page.tsx");
  const routes = pages.map(
    (file) =>
      `/${path
        .dirname(file)
        .split(path.sep)
        .filter((part) => part !== "." && !part.startsWith("("))
        .join("/")}`,
  );
  expect(Object.keys({ ...VISITOR, ...SIGNED_IN, ...INVENTORY, ...REVIEWER }).sort()).toEqual(routes.sort());
});

test.describe("no page violates axe, scrolls sideways or complains in the console", () => {
  test.use({ contextOptions: { reducedMotion: "reduce" } });

  test("to a visitor", async ({ page }) => {
    await lookAt(page, addresses(VISITOR, {} as Known));
  });

  test("to somebody without any role", async ({ page, makeUser, signInAs }) => {
    await signInAs(await makeUser());
    await lookAt(page, ["/", "/campaigns", "/identities", "/access", "/nothing-is-here"]);
  });

  test("to a reviewer", async ({ page, signInAs }) => {
    await signInAs({ mail: HENRIK });
    await lookAt(page, addresses(REVIEWER, { activeId: await demoCampaign(), lookedAtId: await lookedAtAgain() } as Known));
  });

  test("to an auditor, who reads the inventory", async ({ page, makeUser, signInAs }) => {
    test.slow();
    await signInAs(await makeUser({ roles: ["auditor"] }));
    await lookAt(page, addresses(INVENTORY, (await demoInventory()) as Known));
  });

  // One after another: each area has a test's time of its own, whatever is added to another.
  for (const area of [...new Set(Object.keys(SIGNED_IN).map(areaOf))])
    test(`to whoever runs campaigns, sources and users: /${area}`, async ({ page, makeUser, signInAs }) => {
      test.slow();
      const roles = ["campaign_manager", "security_analyst", "platform_engineer", "administrator", "reviewer"] as const;
      await signInAs(await makeUser({ roles: [...roles] }));
      const table = Object.fromEntries(Object.entries(SIGNED_IN).filter(([route]) => areaOf(route) === area));
      known ??= finishedReview();
      await lookAt(page, addresses(table, (await known) as Known));
    });
});

/** Made once for all areas. */
let known: Promise<Made> | undefined;
function areaOf(route: string): string {
  return route.split("/")[1] ?? "";
}

const addresses = (table: Readonly<Record<string, Addresses>>, known: Known) => Object.values(table).flatMap((of) => of(known));

/** Each page is loaded once and then shown in every scheme and width; what is wrong is collected, so that one run tells all. */
async function lookAt(page: Page, paths: readonly string[]): Promise<void> {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.location().url.endsWith("/nothing-is-here")) return; // that it is missing is what the browser says of it
    if (message.type() === "error" || /content security policy/i.test(message.text())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  for (const address of paths) {
    await test.step(address, async () => {
      await page.goto(address);
      for (const colorScheme of SCHEMES)
        for (const width of WIDTHS) {
          await page.emulateMedia({ colorScheme });
          await page.setViewportSize({ width, height: 800 });
          await isDrawn(page, colorScheme);
          let violations = await violationsOf(page, colorScheme);
          if (violations.length > 0 && colorScheme !== SCHEMES[0]) {
            // Switching while it is shown, Chromium now and then keeps a colour of before for a while. What counts is the page as it loads.
            await page.reload();
            await isDrawn(page, colorScheme);
            violations = await violationsOf(page, colorScheme);
          }
          const found = violations.map(({ id, nodes }) => [id, nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`)]);
          expect.soft(found, `${address}, ${colorScheme}, ${width} px: axe`).toEqual([]);
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          expect.soft(overflow, `${address}, ${width} px: how far it scrolls sideways`).toBe(0);
        }
      expect.soft(complaints.splice(0), `${address}: console`).toEqual([]);
    });
  }
}

/** Another scheme is the same page in other colours. */
async function violationsOf(page: Page, colorScheme: string) {
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
  const axe = new AxeBuilder({ page }).setLegacyMode();
  const { violations } = await (colorScheme === SCHEMES[0] ? axe : axe.withRules("color-contrast")).analyze();
  return violations;
}

/** The page follows the system's scheme by a listener, and is drawn in it a frame later. */
async function isDrawn(page: Page, scheme: string): Promise<void> {
  await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", scheme);
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
}

async function demoCampaign(): Promise<string> {
  const [row] = await reader.rows<{ id: string }>("SELECT id FROM campaigns WHERE name = 'Q4 access review'");
  return row?.id ?? "";
}

/** A campaign in which a second look waits for the reviewer. */
async function lookedAtAgain(): Promise<string> {
  const owner = await actingAs(ASTRID);
  const { actor } = await actingAs(HENRIK);
  const { campaignId, managerId } = await keptInARush((owner.actor.kind === "user" && owner.actor.userId) || "", 6);
  const toPersonId = (actor.kind === "user" && actor.personId) || "";
  await drawSecondLook(owner, { campaignId, reviewerId: managerId, toPersonId });
  return campaignId;
}

type Inventory = Pick<Known, "identityId" | "resourceId" | "entitlementId" | "leaverId">;

/** A pipeline, the database that it deploys to, a group that leads there, and somebody who left. */
async function demoInventory(): Promise<Inventory> {
  const [ids] = await reader.rows<Inventory>(
    `SELECT (SELECT id::text FROM identities WHERE name = 'ci_payments_deploy' LIMIT 1) AS "identityId",
       (SELECT id::text FROM resources WHERE name = 'demo_corp.payments' LIMIT 1) AS "resourceId",
       (SELECT id::text FROM entitlements WHERE name = 'Member of payments_admin' LIMIT 1) AS "entitlementId",
       (SELECT id::text FROM people WHERE name = 'Elena Petrova' LIMIT 1) AS "leaverId"`,
  );
  if (!ids) throw new Error("the demo is not there");
  return ids;
}

/** By commands, as the demo's own people: a draft, and a review that went to its sign-off, a removal and a pack of evidence. */
async function finishedReview(): Promise<Made> {
  const owner = await actingAs(ASTRID);
  const ownerUserId = owner.actor.kind === "user" ? owner.actor.userId : "";
  const { campaignId, sourceId, itemIds } = await launchedReview(ownerUserId, { member: "camille_dubois", groups: ["finance_auditor"] });
  const [itemId = ""] = itemIds;
  const { version } = await itemOf(itemId);
  const reviewer = await actingAs(HENRIK);
  await decideItem(reviewer, { campaignId, itemId, answer: "revoke", rationale: "The yearly audit is over.", version });
  await submitDecisions(reviewer, { campaignId, instructionsVersion: 1, attestation: "I looked at this one item." });
  await closeDecisions(owner, { campaignId });
  await signOff(owner, { campaignId, attestation: "I looked at the one outcome." });
  await planRemediations(systemCtx(), { campaignId });
  await exportEvidence(operatorCtx(), { campaign: campaignId });
  await importTrail(sourceId);
  const { exceptionId } = await requestItemException(owner, {
    campaignId,
    itemId,
    exception: {
      rationale: "The audit of last year is asked about until the summer.",
      control: "Every use of the access is logged, and read by security.",
      controlOwnerId: (reviewer.actor.kind === "user" && reviewer.actor.personId) || "",
      controlTest: "Security reads the log of one week.",
      controlDueAt: new Date(Date.now() + 10 * 86_400_000).toISOString(),
      expiresAt: new Date(Date.now() + 20 * 86_400_000).toISOString(),
    },
  });
  const { campaignId: draftId } = await createCampaign(owner, {
    name: `Draft ${campaignId.slice(-8)}`,
    scope: { sourceIds: [sourceId] },
    dueAt: new Date(Date.now() + 86_400_000).toISOString(),
    instructions: "Not launched yet.",
  });
  const before = { ...owner, now: new Date(Date.now() - 15 * 86_400_000) };
  const { templateId } = await saveTemplate(before, { body: missedTemplate(sourceId) });
  await startCycles(systemCtx(), { templateId });
  const [ids] = await reader.rows<Record<"remediationId" | "eventId" | "filesId" | "runId" | "sessionId", string>>(
    `SELECT (SELECT id::text FROM remediations WHERE campaign_id = $1::uuid) AS "remediationId",
       (SELECT max(id)::text FROM audit_events) AS "eventId", (SELECT id::text FROM sources WHERE name = 'People') AS "filesId",
       (SELECT id::text FROM sync_runs WHERE source_id = $2::uuid ORDER BY started_at LIMIT 1) AS "runId",
       (SELECT id::text FROM sessions WHERE told = 'derived' AND elevated_from IS NOT NULL LIMIT 1) AS "sessionId"`,
    [campaignId, sourceId],
  );
  if (!ids) throw new Error("the demo is not there");
  return {
    draftId,
    templateId,
    batchId: await removalsInSteps(),
    activeId: await demoCampaign(),
    signedOffId: campaignId,
    itemId,
    exceptionId,
    userId: ownerUserId,
    databaseId: sourceId,
    ...ids,
    ...(await demoInventory()),
  };
}

/** Two removals in a source that nobody answers for: the connector of the product fails at the first, and stops. */
async function removalsInSteps(): Promise<string> {
  const company = await makeCompany();
  await enableWrites(company);
  const campaignId = await reviewed(company, { write: "revoke", read: "revoke" });
  const input = { campaignId, sourceId: company.source.id, confirmed: ["Not used in the last 7 days"] };
  return (await startBatch(confirmed(company.pat), input, scriptedWriter(APPLIED))).batchId;
}

/** It comes round each week, and did so twice before anything ran: one start was missed. */
const missedTemplate = (sourceId: string) => ({
  name: `Each week ${sourceId.slice(-8)}`,
  scope: { sourceIds: [sourceId], privilegedOnly: true },
  instructions: "Keep what is needed.",
  recurrence: { every: "week" as const, on: 1 },
});

/** An hour of somebody's in a log: a role taken, and used for more than reading. */
async function importTrail(sourceId: string): Promise<void> {
  const at = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString().replace(/\.\d+Z$/, "Z");
  const who = { role: "deploy", session: "ines", since: at(50) };
  const records = [
    consoleSignIn("look-1", at(55), "ines"),
    assumeRole("look-2", at(50), "ines", "deploy"),
    callAs("look-3", at(45), who),
    callAs("look-4", at(40), who, "AttachRolePolicy", "iam"),
  ];
  await importAccessEvents(operatorCtx(), { sourceId, name: "look.json" }, logOf(records));
}

async function itemOf(itemId: string): Promise<{ version: number }> {
  const [item] = await reader.rows<{ version: number }>("SELECT version FROM items WHERE id = $1::uuid", [itemId]);
  return item ?? { version: -1 };
}
