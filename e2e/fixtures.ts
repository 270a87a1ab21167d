import { randomUUID } from "node:crypto";
import { test as base, expect, type Locator, type Page } from "@playwright/test";
import { createSignIn } from "#lib/auth/commands/sign-in.ts";
import { createUser } from "#lib/auth/commands/users.ts";
import { systemActor } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import type { Role } from "#lib/authz/permissions.ts";
import { reader } from "#lib/db/transact.ts";

export const PASSWORD = "correct horse battery staple";
/** Of everyone in the demo. */
export const DEMO_PASSWORD = "look-around-2026";

type Wanted = { roles?: Role[]; displayName?: string; personId?: string };
export type MadeUser = { userId: string; mail: string; displayName: string };

type Fixtures = {
  /** A local user of this test's own. */
  makeUser: (wanted?: Wanted) => Promise<MadeUser>;
  /** Puts the browser in somebody's place, by the command that the sign-in page calls: one of this test's own users, or a mail address of the demo. */
  signInAs: (user: { userId: string } | { mail: string }) => Promise<void>;
};

export const test = base.extend<Fixtures>({
  makeUser: async ({ page: _ }, use) => {
    await use(async ({ roles = [], displayName = `Test ${randomUUID().slice(0, 8)}`, personId } = {}) => {
      const mail = `${randomUUID()}@example.test`;
      const { userId } = await createUser(operatorCtx(), { mail, displayName, roles, password: PASSWORD, personId: personId ?? null });
      return { userId, mail, displayName };
    });
  },
  signInAs: async ({ context, baseURL }, use) => {
    await use(async (user) => {
      const userId = "userId" in user ? user.userId : await userOf(user.mail);
      const { name, value } = await createSignIn(systemCtx(), { userId, method: "password" });
      const domain = new URL(baseURL ?? "http://localhost").hostname;
      await context.addCookies([{ name, value, domain, path: "/", secure: true, httpOnly: true, sameSite: "Lax" }]);
    });
  },
});
export { expect } from "@playwright/test";

/** Opens the dialog of a button, and presses the button of the same name in it; `fill` does what stands between. */
export async function throughDialog(page: Page, button: string, fill: (dialog: Locator) => Promise<void> = async () => {}): Promise<void> {
  await page.getByRole("button", { name: button, exact: true }).click();
  const dialog = page.getByRole("dialog");
  await fill(dialog);
  await dialog.getByRole("button", { name: button, exact: true }).click();
}

/** Says once more who one is, where the product asks for it, and waits until everything that asked is closed. */
export async function confirmIdentity(page: Page, password: string): Promise<void> {
  const dialog = page.getByRole("dialog", { name: "Confirm that it is you" });
  await dialog.getByLabel("Your password").fill(password);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toHaveCount(0);
}

const ctxOf = (actor: Ctx["actor"]): Ctx => ({ actor, now: new Date(), requestId: `e2e-${randomUUID()}` });

/** Whoever sits at the machine: sets up what a test is not about. */
export const operatorCtx = (): Ctx =>
  ctxOf({ kind: "local_operator", label: "end-to-end test", authentication: { method: "operating_system" } });

/** In a demo user's own place, just confirmed to be them: for what a test is not about. */
export async function actingAs(mail: string): Promise<Ctx> {
  const [user] = await reader.rows<{ userId: string; personId: string | null; label: string; roles: Role[] }>(
    `SELECT u.id AS "userId", u.person_id AS "personId", u.display_name AS label,
       array(SELECT role FROM role_assignments r WHERE r.user_id = u.id AND r.ended_at IS NULL) AS roles
     FROM app_users u WHERE u.issuer = 'local' AND u.subject = $1::text`,
    [mail],
  );
  if (!user) throw new Error(`nobody signs in as ${mail}`);
  const stepUp = { method: "password", at: new Date().toISOString() } as const;
  return ctxOf({ kind: "user", ...user, signInId: null, authentication: { method: "password", stepUp } });
}

export const systemCtx = (): Ctx => ctxOf(systemActor("e2e"));

async function userOf(mail: string): Promise<string> {
  const [user] = await reader.rows<{ id: string }>("SELECT id FROM app_users WHERE issuer = 'local' AND subject = $1::text", [mail]);
  if (!user) throw new Error(`nobody signs in as ${mail}`);
  return user.id;
}
