import "server-only";
import { userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import type { Role } from "#lib/authz/permissions.ts";
import type { CampaignScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import type { Tx } from "#lib/db/tx.ts";
import { type ReadFile, readCampaignFile } from "./campaign-file.ts";
import type { PopulationDifference } from "./campaign-types.ts";
import { nextCycles } from "./cycles.ts";
import { type CampaignPlan, campaignPlan } from "./plan.ts";
import type { ScopePreview } from "./plan-types.ts";
import { previewWithComparison } from "./preview.sql.ts";
import { summed } from "./previous.sql.ts";
import { bodyDigest, findTemplate } from "./template.sql.ts";
import { type Difference, differences, type TemplateBody, templateBody } from "./template.ts";
import { type FileProblem, pathText } from "./yaml-file.ts";

export type FilePlan = {
  name: string;
  digest: string;
  /** The template of this name, and how the file differs from the version in force; null: it would be made. */
  template: { templateId: string; version: number; differences: Difference[] } | null;
  preview: ScopePreview;
  /** Against the last campaign of the same name, by who holds what. */
  lastRun: ({ campaignId: string; name: string; frozenAt: string; items: number } & PopulationDifference) | null;
  /** The next four starts; none where it does not come again. */
  next: string[];
  zone: string;
  /** What would stop a campaign that were frozen now, in words. */
  obstacles: string[];
};
export type FileAnswer = { problems: FileProblem[]; plan: FilePlan | null };

const OWNER_ROLE: Role = "campaign_manager";
const SHOWN_CYCLES = 4;

/** Names of the file to what they name here, with line and column of each that names nothing or too much. */
export async function resolveFile(
  tx: Tx,
  ctx: Ctx,
  { file, placeOf }: ReadFile,
): Promise<{ body: TemplateBody | null; problems: FileProblem[] }> {
  const problems: FileProblem[] = [];
  const refuse = (path: readonly PropertyKey[], message: string) => problems.push({ ...placeOf(path), path: pathText(path), message });
  const sources = await tx.rows<{ id: string; name: string; state: string }>(
    `SELECT id, name, state::text AS state FROM sources WHERE name = ANY ($1::text[])`,
    [file.sources],
  );
  const sourceIds = file.sources.flatMap((name, at) => {
    const source = sources.find((each) => each.name === name);
    if (!source) refuse(["sources", at], `There is no source called ${name}.`);
    else if (source.state === "retired") refuse(["sources", at], `The source ${name} is retired.`);
    return source ? [source.id] : [];
  });
  if (new Set(file.sources).size < file.sources.length) refuse(["sources"], "Each source once.");
  const ownerUserId = await resolveOwner(tx, ctx, file.owner ?? null, file.name, (message) => refuse(["owner"], message));
  const fallbackPersonId = await resolvePerson(tx, file.fallback, (message) => refuse(["fallback"], message));
  const plan = await resolvePlan(tx, file.plan, refuse);
  if (problems.length > 0 || ownerUserId === null || plan === null)
    return { body: null, problems: problems.toSorted((a, b) => a.line - b.line || a.column - b.column) };
  const { name, scope, instructions, zone, recurrence, due, watchDays } = file;
  const body = templateBody.parse({
    name,
    scope: { ...scope, sourceIds },
    plan,
    instructions,
    zone,
    recurrence,
    watchDays,
    ownerUserId,
    fallbackPersonId,
    dueDays: due.days,
    dueTime: due.time,
  });
  return { body, problems: [] };
}

type Refuse = (message: string) => void;

/** Named people and groups to their ids, then what only the whole plan tells (which round is over when). */
async function resolvePlan(
  tx: Tx,
  plan: ReadFile["file"]["plan"],
  refuse: (path: readonly PropertyKey[], message: string) => void,
): Promise<CampaignPlan | null> {
  const rounds: unknown[] = [];
  let isKnown = true;
  for (const [at, round] of plan.rounds.entries()) {
    const named: string[] = [];
    for (const [place, who] of round.named.entries()) {
      const personId = await resolvePerson(tx, who, (message) => refuse(["plan", "rounds", at, "named", place], message));
      if (personId) named.push(personId);
      else isKnown = false;
    }
    const group = round.group && (await resolveGroup(tx, round.group, (message) => refuse(["plan", "rounds", at, "group"], message)));
    if (round.group && !group) isKnown = false;
    rounds.push({ ...round, named, group });
  }
  // Nobody is missing from the plan but whom the file got wrong: that was said already.
  if (!isKnown) return null;
  const parsed = campaignPlan.safeParse({ ...plan, rounds });
  for (const issue of parsed.error?.issues ?? []) refuse(["plan", ...issue.path], issue.message);
  return parsed.data ?? null;
}

async function resolveGroup(tx: Tx, group: { source: string; entitlement: string }, refuse: Refuse): Promise<string | null> {
  const found = await tx.rows<{ id: string }>(
    `SELECT e.id FROM entitlements e JOIN sources s ON s.id = e.source_id
     WHERE s.name = $1::text AND (e.name = $2::text OR e.external_id = $2::text) AND e.gone_at IS NULL LIMIT 2`,
    [group.source, group.entitlement],
  );
  if (found.length !== 1)
    refuse(`${found.length === 0 ? "Nothing" : "More than one entitlement"} of ${group.source} is called ${group.entitlement}.`);
  return found[0]?.id ?? null;
}

/** Named by the file; else whoever owns the template already; else whoever applies it. */
async function resolveOwner(tx: Tx, ctx: Ctx, owner: string | null, name: string, refuse: Refuse): Promise<string | null> {
  const [user] = owner
    ? await tx.rows<{ id: string; mayOwn: boolean }>(
        `SELECT u.id, EXISTS (SELECT FROM role_assignments r WHERE r.user_id = u.id AND r.ended_at IS NULL AND r.role = $2::text) AS "mayOwn"
         FROM app_users u WHERE (lower(u.mail) = lower($1::text) OR u.subject = lower($1::text)) AND u.disabled_at IS NULL ORDER BY u.id LIMIT 1`,
        [owner, OWNER_ROLE],
      )
    : await tx.rows<{ id: string; mayOwn: boolean }>(
        `SELECT u.id, EXISTS (SELECT FROM role_assignments r WHERE r.user_id = u.id AND r.ended_at IS NULL AND r.role = $3::text) AS "mayOwn"
         FROM app_users u WHERE u.id = coalesce((SELECT (v.body ->> 'ownerUserId')::uuid FROM campaign_templates t
           JOIN campaign_template_versions v ON v.template_id = t.id AND v.version = t.version WHERE t.name = $1::text AND t.retired_at IS NULL), $2::uuid)`,
        [name, userIdOf(ctx.actor), OWNER_ROLE],
      );
  if (user?.mayOwn) return user.id;
  refuse(
    user
      ? `${owner ?? "The owner"} may not run campaigns: give them the role campaign manager.`
      : owner
        ? `There is no user ${owner} who may sign in.`
        : "Name the user who signs its campaigns off.",
  );
  return null;
}

async function resolvePerson(tx: Tx, who: string | null, refuse: Refuse): Promise<string | null> {
  if (who === null) return null;
  const people = await tx.rows<{ id: string }>(
    `SELECT id FROM people WHERE (lower(mail) = lower($1::text) OR user_name = $1::text) AND status <> 'left' AND gone_at IS NULL LIMIT 2`,
    [who],
  );
  if (people.length !== 1) refuse(people.length === 0 ? `Nobody in office is known as ${who}.` : `Several people are known as ${who}.`);
  return people[0]?.id ?? null;
}

/** What a file would come to if it were applied and its campaign frozen now. Changes nothing. */
export async function planCampaignFile(scope: CampaignScope, ctx: Ctx, text: string): Promise<FileAnswer> {
  const found = readCampaignFile(text);
  if (!found.ok) return { problems: found.problems, plan: null };
  const { body, problems } = await resolveFile(reader, ctx, found.read);
  if (!body || scope.reviewerId !== null) return { problems, plan: null };
  const templateId = await findTemplate(reader, body.name);
  const like = { campaignId: null, templateId, name: body.name, sourceIds: body.scope.sourceIds };
  const { preview, comparison } = await previewWithComparison(
    scope,
    { scope: body.scope, plan: body.plan, fallbackPersonId: body.fallbackPersonId },
    like,
  );
  return {
    problems: [],
    plan: {
      name: body.name,
      digest: bodyDigest(body),
      template: templateId ? await differsFrom(templateId, body) : null,
      preview,
      lastRun: comparison && {
        campaignId: comparison.previous.campaignId,
        name: comparison.previous.name,
        frozenAt: comparison.previous.frozenAt.toISOString(),
        items: comparison.previous.items,
        ...summed(comparison.sources),
      },
      next: body.recurrence ? nextCycles(body.recurrence, body.zone, ctx.now, SHOWN_CYCLES).map((at) => at.toISOString()) : [],
      zone: body.zone,
      obstacles: obstaclesOf(preview),
    },
  };
}

async function differsFrom(templateId: string, body: TemplateBody): Promise<FilePlan["template"]> {
  const [row] = await reader.rows<{ version: number; body: unknown }>(
    `SELECT v.version, v.body FROM campaign_templates t JOIN campaign_template_versions v ON v.template_id = t.id AND v.version = t.version WHERE t.id = $1::uuid`,
    [templateId],
  );
  return row ? { templateId, version: row.version, differences: differences(templateBody.parse(row.body), body) } : null;
}

function obstaclesOf({ items, blocks, withoutReviewer }: ScopePreview): string[] {
  const unreviewed = withoutReviewer.reduce((sum, row) => sum + row.items, 0);
  return [
    ...(items === 0 ? ["Nothing in the sources falls into this scope."] : []),
    ...blocks.map(({ sourceName, detail }) => `${sourceName}: ${detail}`),
    ...(unreviewed > 0 ? [`${unreviewed} items that nobody may review: name a fallback, or owners.`] : []),
  ];
}
