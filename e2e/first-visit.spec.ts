import { expect, PASSWORD, test } from "./fixtures.ts";
import { type Product, startProduct } from "./product.ts";

let product: Product;
test.beforeAll(async () => {
  product = await startProduct(["--no-demo"]);
});
test.afterAll(() => product.stop());

const SECOND = "second@example.test";

test("an empty instance takes its first administrator by the console's code, who invites the second", async ({ page, browser }) => {
  const link = /http:\S+\/welcome\?code=\S+/.exec(product.said())?.[0] ?? "";
  expect(link).toContain(product.origin);
  await page.goto(product.origin);
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();

  await page.goto(link);
  await page.getByLabel("Your mail address").fill("first@example.test");
  await page.getByLabel("Your name").fill("Grace Hopper");
  await page.getByLabel(/^Password/).fill(PASSWORD);
  await page.getByLabel("Mail address of the second administrator").fill(SECOND);
  await page.getByRole("button", { name: "Make the first administrator" }).click();
  const invitation = (await page.getByText(/\/invitation\//).textContent()) ?? "";
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Overview", level: 1 })).toBeVisible();

  const second = await browser.newPage();
  await second.goto(link);
  await expect(second.getByRole("heading", { name: "This instance is set up" })).toBeVisible();
  await second.goto(invitation);
  await second.getByLabel("Your name").fill("Ada Byron");
  await second.getByLabel(/^Password/).fill("jacquard loom and bernoulli");
  await second.getByRole("button", { name: "Make my account" }).click();
  await second.waitForURL(`${product.origin}/`);
  await second.goto(`${product.origin}/administration/users`);
  await expect(second.getByRole("link", { name: "Grace Hopper" })).toBeVisible();
  await expect(second.getByRole("link", { name: "Ada Byron" })).toBeVisible();
  await second.close();
});
