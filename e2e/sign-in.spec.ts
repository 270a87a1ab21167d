import type { Page } from "@playwright/test";
import { expect, PASSWORD, test } from "./fixtures.ts";

const signIn = async (page: Page, mail: string, password: string) => {
  await page.getByLabel("Mail address").fill(mail);
  await page.getByLabel(/^Password/).fill(password);
  await page.keyboard.press("Enter");
};

test("a user signs in with the form, goes where they wanted, and signs out", async ({ page, makeUser }) => {
  const user = await makeUser({ roles: ["administrator"] });
  await page.goto("/administration/users");
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await signIn(page, user.mail, "not the password");
  await expect(page.getByRole("alert").filter({ hasText: "do not go together" })).toBeVisible();
  await expect(page.getByLabel("Mail address")).toHaveValue(user.mail);

  await signIn(page, user.mail, PASSWORD);
  await expect(page.getByRole("heading", { name: "Users", level: 1 })).toBeVisible();
  const cookies = await page.context().cookies();
  const cookie = cookies.find(({ name }) => name === "__Host-countersign.sign-in");
  expect(cookie).toMatchObject({ httpOnly: true, secure: true, sameSite: "Lax", path: "/" });

  await page.getByRole("button", { name: /^Your menu/ }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByText("You are signed out.")).toBeVisible();
  await page.goto("/account");
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
});

test("an administrator invites a user, confirming it, and the user accepts", async ({ page, browser, makeUser, signInAs }) => {
  await signInAs(await makeUser({ roles: ["administrator"] }));
  const mail = `invited-${Date.now()}@example.test`;
  await page.goto("/administration/users");
  await page.getByRole("button", { name: "Invite a user" }).click();
  const dialog = page.getByRole("dialog", { name: "Invite a user" });
  await dialog.getByLabel("Mail address").fill(mail);
  await dialog.getByLabel("auditor").check();
  await dialog.getByLabel("administrator").check();
  await dialog.getByRole("button", { name: "Invite" }).click();
  await expect(dialog.getByText(/Nobody may be both/).first()).toBeVisible();
  await dialog.getByLabel("administrator").uncheck();
  await dialog.getByRole("button", { name: "Invite" }).click();

  const confirm = page.getByRole("dialog", { name: "Confirm that it is you" });
  await confirm.getByLabel("Your password").fill("not my password");
  await page.keyboard.press("Enter");
  await expect(confirm.getByText("Not your password")).toBeVisible();
  await confirm.getByLabel("Your password").fill(PASSWORD);
  await page.keyboard.press("Enter");
  const link = await dialog.getByText(/\/invitation\//).textContent();
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("region", { name: "Open invitations" }).getByText(mail)).toBeVisible();

  const invited = await browser.newPage();
  await invited.goto(link ?? "");
  await invited.getByLabel("Your name").fill("Ada Byron");
  await invited.getByLabel(/^Password/).fill("jacquard loom and bernoulli");
  await invited.getByRole("button", { name: "Make my account" }).click();
  await invited.waitForURL("/");
  await invited.goto("/account");
  await expect(invited.getByRole("heading", { name: "Ada Byron" })).toBeVisible();
  await invited.goto(link ?? "");
  await expect(invited.getByRole("heading", { name: "This invitation is not valid" })).toBeVisible();
  await invited.close();
});

test("ending a role, and a sign-in, bites at the next request", async ({ page, browser, makeUser, signInAs }) => {
  const user = await makeUser({ roles: ["auditor"], displayName: `Walker ${Date.now()}` });
  const theirs = await browser.newPage();
  await theirs.goto("/sign-in?next=/administration/users");
  await signIn(theirs, user.mail, PASSWORD);
  await expect(theirs.getByRole("heading", { name: "Users", level: 1 })).toBeVisible();

  await signInAs(await makeUser({ roles: ["administrator"] }));
  await page.goto(`/administration/users/${user.userId}`);
  await page.getByRole("button", { name: "End the role auditor" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "End the role auditor" }).click();
  await page.getByLabel("Your password").fill(PASSWORD);
  await page.keyboard.press("Enter");
  await expect(page.getByText(/holds no role/)).toBeVisible();
  await theirs.reload();
  await expect(theirs.getByRole("heading", { name: "The list of users is not open to you" })).toBeVisible();

  await page.getByRole("button", { name: "End all sign-ins" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "End all sign-ins" }).click();
  await expect(page.getByText(/Ended 1 sign-in/)).toBeVisible();
  await theirs.reload();
  await expect(theirs.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await theirs.close();
});

test("the command line gets a token that its user confirmed", async ({ page, request, makeUser, signInAs }) => {
  const asked = await (await request.post("/api/v1/cli-login", { data: { label: "laptop" } })).json();
  await signInAs(await makeUser());
  await page.goto(asked.confirmUrl);
  await expect(page.getByText(asked.code)).toBeVisible();
  await page.getByRole("button", { name: "Confirm this command line" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Confirm this command line" }).click();
  await page.getByLabel("Your password").fill(PASSWORD);
  await page.keyboard.press("Enter");
  await expect(page.getByText(/The command line acts as/)).toBeVisible();
  const polled = await (await request.post("/api/v1/cli-login/poll", { data: { pollToken: asked.pollToken } })).json();
  expect(polled).toMatchObject({ state: "confirmed", token: asked.pollToken });
  await page.goto("/account");
  await expect(page.getByText("command line on laptop")).toBeVisible();
});
