import { expect, test } from "@playwright/test";

test("the product answers probes and shows a page without a policy violation", async ({ page, request }) => {
  const violations: string[] = [];
  page.on("console", (message) => {
    if (/content security policy/i.test(message.text())) violations.push(message.text());
  });
  expect((await request.get("/healthz")).ok()).toBe(true);
  await page.goto("/nowhere-at-all");
  await expect(page.getByRole("heading").first()).toBeVisible();
  expect(violations).toEqual([]);
});
