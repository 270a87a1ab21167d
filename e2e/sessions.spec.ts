import { reader } from "#lib/db/transact.ts";
import { assumeRole, call, callAs, consoleSignIn } from "#lib/testing/trail.ts";
import { expect, test } from "./fixtures.ts";

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString().replace(/\.\d+Z$/, "Z");

/** One person's half hour, until now: signs in, takes a role, and changes who may do what with it. */
function halfHour(person: string, role: string) {
  const since = minutesAgo(25);
  const who = { role, session: person, since };
  return [
    consoleSignIn(`${person}-1`, minutesAgo(30), person, "No"),
    assumeRole(`${person}-2`, since, person, role, minutesAgo(-35)),
    callAs(`${person}-3`, minutesAgo(20), who),
    callAs(`${person}-4`, minutesAgo(10), who, "AttachRolePolicy", "iam"),
    call(`${person}-5`, minutesAgo(5), person),
    { eventID: `${person}-6` },
  ];
}

const fileOf = (name: string, records: unknown[]) => ({
  name,
  mimeType: "application/json",
  buffer: Buffer.from(JSON.stringify({ Records: records })),
});

test("a log is imported, an open board shows its sessions without a reload, and a session tells its whole story", async ({
  page,
  context,
  makeUser,
  signInAs,
}) => {
  const tag = Date.now().toString(36);
  const [person, role] = [`ines-${tag}`, `deploy-${tag}`];
  await signInAs(await makeUser({ roles: ["platform_engineer"] }));
  await page.goto("/sessions");
  await expect(page.getByRole("heading", { level: 1, name: "Sessions" })).toBeVisible();

  const board = await context.newPage();
  await board.goto(`/sessions?q=${role}`);
  await expect(board.getByText("Nothing under this filter")).toBeVisible();

  await test.step("a broken file is refused with its place, and changes nothing", async () => {
    await page.getByRole("button", { name: "Import log files" }).click();
    const dialog = page.getByRole("dialog", { name: "Import log files" });
    await dialog.getByLabel("Log files to import").setInputFiles({
      name: "cut.json",
      mimeType: "application/json",
      buffer: Buffer.from('{"Records":[{"eventID":'),
    });
    await dialog.getByRole("button", { name: "Import", exact: true }).click();
    await expect(dialog.getByText(/cut\.json, line 1, column \d+: the file is cut short/)).toBeVisible();
  });

  await test.step("a sound one is counted record by record, and adds nothing a second time", async () => {
    const dialog = page.getByRole("dialog", { name: "Import log files" });
    const log = fileOf("trail.json", halfHour(person, role));
    for (const words of ["6 read, 5 kept, 0 duplicate, 1 rejected", "6 read, 0 kept, 5 duplicate, 1 rejected"]) {
      await dialog.getByLabel("Log files to import").setInputFiles(log);
      await dialog.getByRole("button", { name: "Import", exact: true }).click();
      await expect(dialog.getByText(`trail.json: ${words}`)).toBeVisible();
    }
    await page.keyboard.press("Escape");
  });

  await test.step("the board in the other tab shows it by itself", async () => {
    const rows = board.getByRole("table", { name: /^Sessions that are open now/ });
    await expect(rows.getByRole("link", { name: role })).toBeVisible();
    await expect(rows.getByText("privileged", { exact: true })).toBeVisible();
    await expect(board.getByRole("link", { name: new RegExp(`Elevation into ${role}`) })).toBeVisible();
  });

  await test.step("a session's page goes from sign-in to the open end", async () => {
    await board.getByRole("table").getByRole("link", { name: role }).click();
    await expect(board.getByRole("heading", { level: 1, name: role })).toBeVisible();
    const story = board.getByRole("list", { name: "What happened in this session" });
    await expect(story.getByRole("listitem")).toContainText([
      "signed in",
      `Elevated into ${role}`,
      "1 ordinary call",
      "Privilege granted: iam:AttachRolePolicy",
      "Still open",
    ]);
    await expect(board.getByText("they changed who may do what")).toBeVisible();
  });

  const batches = await reader.rows("SELECT 1 FROM access_event_batches WHERE file = 'trail.json'");
  expect(batches.length).toBeGreaterThanOrEqual(2);
});

test("a reviewer has no sessions board, and is told whose it is", async ({ page, makeUser, signInAs }) => {
  await signInAs(await makeUser({ roles: ["reviewer"] }));
  await page.goto("/sessions");
  await expect(page.getByRole("heading", { name: "The sessions board is not open to you" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Sessions", exact: true })).toHaveCount(0);
});

test("a filter of the board reads the table's rows alone, and its address opens the same again", async ({ page, makeUser, signInAs }) => {
  await signInAs(await makeUser({ roles: ["security_analyst"] }));
  await page.goto("/sessions?show=all");
  const privilege = page.getByRole("combobox", { name: "Privilege" });
  const count = page.getByText(/^\d+ rows?$/);
  await expect(count).toBeVisible();
  const all = await count.textContent();

  const read = page.waitForResponse(/\/api\/v1\/sessions\?/);
  await privilege.focus();
  await page.keyboard.press("ArrowDown");
  const { rows, total } = (await (await read).json()) as { rows: { privileged: string }[]; total: number };
  expect(new Set(rows.map(({ privileged }) => privileged)).size).toBeLessThanOrEqual(1);
  const words = `${total} ${total === 1 ? "row" : "rows"}`;
  await expect(page).toHaveURL(/show=all&privileged=/);
  await expect(page.getByText(words, { exact: true }).or(page.getByText("Nothing under this filter"))).toBeVisible();
  await expect(privilege).toBeFocused();
  expect(words).not.toBe(all);

  const chosen = await privilege.inputValue();
  const address = page.url();
  await page.reload();
  await expect(privilege).toHaveValue(chosen);
  await expect(page.getByText(words, { exact: true })).toBeVisible();
  await page.getByRole("link", { name: "Identities", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Identities" })).toBeVisible();
  await page.goBack();
  await expect(page).toHaveURL(address);
  await expect(privilege).toHaveValue(chosen);
  await expect(page.getByText(words, { exact: true })).toBeVisible();
});
