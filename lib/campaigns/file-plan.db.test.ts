import { expect, it } from "vitest";
import { campaignScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import * as make from "#lib/testing/factories.ts";
import { launched, world } from "#lib/testing/review-world.ts";
import { applyCampaignFile } from "./commands/apply-file.ts";
import { planCampaignFile } from "./file-plan.sql.ts";

ownTestDatabase();

const NOW = new Date("2026-11-28T12:00:00Z");

const fileOf = (source: string, more = "", name = "Quarterly") => `version: 1
name: ${name}
sources: ["${source}"]
zone: Europe/Vienna
recurrence: { every: quarter, on: 1, at: "09:00" }
instructions: Keep what is needed.
${more}`;

it("prints population, reviewers, what nobody may review, what is left out, the next four starts, and changes nothing", async () => {
  const { owner, source, people } = await world();
  const ctx = make.ctxOf(owner, NOW);
  const before = await reader.rows(`SELECT count(*) FROM campaign_templates`);
  const { plan, problems } = await planCampaignFile(campaignScope(owner), ctx, fileOf(source.name, "scope: { privilegedOnly: true }\n"));
  expect(problems).toEqual([]);
  expect(plan).toMatchObject({
    name: "Quarterly",
    template: null,
    preview: {
      items: 1,
      privileged: 1,
      reviewers: [{ personId: people.mia, items: 1 }],
      excluded: [{ cause: "not_privileged", grants: 5 }],
    },
    lastRun: null,
    next: ["2027-01-01T08:00:00.000Z", "2027-04-01T07:00:00.000Z", "2027-07-01T07:00:00.000Z", "2027-10-01T07:00:00.000Z"],
    obstacles: [],
  });
  expect(await reader.rows(`SELECT count(*) FROM campaign_templates`)).toEqual(before);
});

it("tells what would stop it: nobody who may review, a source that is not fit", async () => {
  const { owner, source, people } = await world();
  await reader.rows(`UPDATE people SET manager_id = NULL WHERE id = $1::uuid`, [people.mia]);
  await reader.rows(`UPDATE resources SET owner_id = $1::uuid WHERE source_id = $2::uuid`, [people.mia, source.id]);
  await make.makeRun(source.id, { state: "FAILED" });
  const { plan } = await planCampaignFile(campaignScope(owner), make.ctxOf(owner), fileOf(source.name));
  expect(plan?.obstacles).toEqual([expect.stringContaining("failed"), "1 items that nobody may review: name a fallback, or owners."]);
});

it("compares with the last campaign of the same name", async () => {
  const all = await launched();
  const [name] = await reader.rows<{ name: string }>(`UPDATE campaigns SET name = 'Quarterly like it' WHERE id = $1::uuid RETURNING name`, [
    all.campaignId,
  ]);
  await make.makeGrant(
    all.source,
    await make.makeIdentity(all.source, { name: "new", personId: all.people.sam }),
    await make.makeEntitlement(all.source, { name: "extra" }),
  );
  const { plan } = await planCampaignFile(campaignScope(all.owner), make.ctxOf(all.owner), fileOf(all.source.name, "", name?.name));
  expect(plan?.lastRun).toMatchObject({
    campaignId: all.campaignId,
    items: 6,
    added: 1,
    removed: 0,
    changed: 0,
    same: 6,
    otherReviewer: 0,
  });
});

it("names line and column of each name that names nothing here", async () => {
  const { owner, source } = await world();
  const text = fileOf(source.name, "owner: nobody@example.test\nfallback: nobody\n").replace(
    `["${source.name}"]`,
    `["${source.name}", "Elsewhere"]`,
  );
  const { plan, problems } = await planCampaignFile(campaignScope(owner), make.ctxOf(owner), text);
  expect(plan).toBeNull();
  expect(problems.map(({ line, path }) => [line, path])).toEqual([
    [3, "sources[1]"],
    [7, "owner"],
    [8, "fallback"],
  ]);
  const reviewer = await make.makeUser({ roles: ["reviewer"] });
  const [user] = await reader.rows<{ subject: string }>(`SELECT subject FROM app_users WHERE id = $1::uuid`, [reviewer.userId]);
  const wrong = await planCampaignFile(campaignScope(owner), make.ctxOf(owner), fileOf(source.name, `owner: ${user?.subject}\n`));
  expect(wrong.problems[0]?.message).toContain("campaign manager");
});

it("asks people and groups by the names that the file gives, and says which round is over when it must not be", async () => {
  const { owner, source, people } = await world();
  await reader.rows(`UPDATE people SET mail = 'fay@example.test' WHERE id = $1::uuid`, [people.fay]);
  const rounds = (more: string) =>
    fileOf(
      source.name,
      `plan:\n  rounds:\n    - name: One\n      chain: [named, group]\n      named: [fay@example.test]\n      group: { source: "${source.name}", entitlement: admin }\n${more}`,
      "Rounds",
    );
  const { plan, problems } = await planCampaignFile(campaignScope(owner), make.ctxOf(owner), rounds(""));
  expect(problems).toEqual([]);
  expect(plan?.preview.reviewers).toMatchObject([{ personId: people.fay, items: 6 }]);
  const wrong = await planCampaignFile(campaignScope(owner), make.ctxOf(owner), rounds("      endsDaysBefore: 3\n"));
  expect(wrong.problems).toMatchObject([{ line: 13, path: "plan.rounds[0].endsDaysBefore" }]);
  const nobody = await planCampaignFile(
    campaignScope(owner),
    make.ctxOf(owner),
    rounds("").replace("fay@example.test", "nobody@example.test"),
  );
  expect(nobody.problems[0]).toMatchObject({ line: 11, path: "plan.rounds[0].named[0]" });
});

it("makes the template, then versions of it, and nothing of a file that says the same; the plan tells each difference", async () => {
  const { owner, source } = await world();
  const text = fileOf(source.name, "", "By file");
  const ctx = make.ctxOf(owner, NOW);
  expect(await applyCampaignFile(ctx, text)).toMatchObject({ saved: { name: "By file", version: 1, isChanged: true } });
  expect(await applyCampaignFile(ctx, text)).toMatchObject({ saved: { version: 1, isChanged: false } });
  const changed = `${text}scope: { unusedDays: 90 }\n`;
  const { plan } = await planCampaignFile(campaignScope(owner), ctx, changed);
  expect(plan?.template).toMatchObject({ version: 1, differences: [{ path: "scope.unusedDays", before: null, after: 90 }] });
  expect(await applyCampaignFile(ctx, changed)).toMatchObject({ saved: { version: 2, isChanged: true } });
  expect((await make.auditOf("campaign_template.saved")).map(({ data }) => data)).toMatchObject([
    { madeBy: "file" },
    { madeBy: "file", version: 2 },
  ]);
  const reviewer = await make.makeUser({ roles: ["reviewer"] });
  await expect(applyCampaignFile(make.ctxOf(reviewer), text)).rejects.toMatchObject({ code: "FORBIDDEN" });
});
