import { ACCOUNT, DETAILS, REPORT } from "#lib/connectors/aws/sample-account.ts";
import { expect, test } from "./fixtures.ts";

test("a platform engineer adds an AWS account from what the AWS CLI exported, and sees what came of it", async ({
  page,
  makeUser,
  signInAs,
}) => {
  const name = `AWS ${Date.now()}`;
  await signInAs(await makeUser({ roles: ["platform_engineer"] }));
  await page.goto("/sources/new");
  await page.getByRole("link", { name: "Connect AWS" }).click();
  await expect(page.getByRole("heading", { name: "Add AWS accounts" })).toBeVisible();
  await expect(page.getByRole("region", { name: "Commands of the AWS CLI" })).toContainText("get-account-authorization-details");

  await page.getByLabel("Name of the source").fill(name);
  await page.getByLabel("Account number").fill(ACCOUNT);
  await page.getByLabel("Name of the account").fill("Production");
  await page.getByLabel("Files to import").setInputFiles([
    { name: "details.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(DETAILS)) },
    { name: "report.csv", mimeType: "text/csv", buffer: Buffer.from(REPORT) },
  ]);
  const files = page.getByRole("list", { name: "Files" });
  await expect(files).toContainText(`authorization details of account ${ACCOUNT}`);
  await expect(files).toContainText(`credential report of account ${ACCOUNT}`);
  await page.getByRole("button", { name: "Import 2 files" }).click();

  await expect(page.getByRole("heading", { name: "Sync run" })).toBeVisible();
  await expect(page.getByText("Everything was read, passed the gate and is the inventory now.")).toBeVisible({ timeout: 30_000 });
  await page.getByRole("link", { name }).first().click();
  await expect(page.getByRole("heading", { name })).toBeVisible();
  await expect(page.getByText("7 identities", { exact: false })).toBeVisible();
  await page.getByRole("button", { name: "Test the source" }).click();
  await expect(page.getByRole("row", { name: /MFA devices/ })).toContainText("missing");
});

test("a key that AWS does not know is told before anything is saved", async ({ page, makeUser, signInAs }) => {
  await signInAs(await makeUser({ roles: ["platform_engineer"] }));
  await page.goto("/sources/new?kind=aws");
  await page.getByText("Ask AWS with a key").click();
  await page.getByLabel("Access key id").fill("AKIAIOSFODNN7EXAMPLE");
  await page.getByLabel("Secret access key").fill("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
  await page.getByLabel("Endpoint").fill("http://127.0.0.1:9");
  await page.getByRole("button", { name: "Test the connection" }).click();
  await expect(page.getByText(/AWS could not be read/)).toBeVisible();
});
