import "server-only";
import type { CampaignScope } from "#lib/authz/scope.ts";
import { appPool } from "#lib/db/pool.ts";
import { reader } from "#lib/db/transact.ts";
import { pgTx, type Tx } from "#lib/db/tx.ts";
import { DEFAULT_RISK_PARAMETERS } from "#lib/policy/risk.ts";
import { medianSeconds, minutesFor, ownMedians } from "./campaign-row.sql.ts";
import { collectFacts } from "./freeze.sql.ts";
import { collectSubjects } from "./freeze-machines.sql.ts";
import { findOverlaps } from "./manifest.sql.ts";
import type { CampaignPlan } from "./plan.ts";
import type { Exclusion, ScopePreview } from "./plan-types.ts";
import { findReviewers, type PreviewReviewers, readGroup } from "./preview-reviewers.sql.ts";
import { type ComparedSource, comparePopulations, findPrevious, type Like, type Previous } from "./previous.sql.ts";
import { type CampaignScopeInput, type PreviewInput, previewInput } from "./schema.ts";
import { countExclusions, inScope, scopeValues } from "./scope.sql.ts";
import { findBlocks } from "./sources.sql.ts";
import type { Block } from "./types.ts";

type Previewed = { scope: CampaignScopeInput; fallbackPersonId: string | null; plan: CampaignPlan };
type Preview = {
  comparison: { previous: Previous; sources: ComparedSource[] } | null;
  found: PreviewReviewers;
  group: ScopePreview["group"];
  excluded: Exclusion[];
  blocks: Block[];
  overlaps: { campaignId: string; name: string }[];
};

const NOTHING: ScopePreview = {
  items: 0,
  privileged: 0,
  reviewers: [],
  group: null,
  circles: 0,
  withoutReviewer: [],
  excluded: [],
  blocks: [],
  expectedMinutes: null,
  overlaps: [],
};

/** Live numbers for the scope editor, by the statements of the freeze itself. */
export async function previewScope(scope: CampaignScope, input: PreviewInput): Promise<ScopePreview> {
  return (await previewWithComparison(scope, input, null)).preview;
}

export type ComparedPreview = { preview: ScopePreview; comparison: Preview["comparison"] };

/** The same, set against the last campaign that is like it. */
export async function previewWithComparison(scope: CampaignScope, input: PreviewInput, like: Like | null): Promise<ComparedPreview> {
  const given = previewInput.parse(input);
  if (scope.reviewerId !== null) return { preview: NOTHING, comparison: null };
  const { found, group, excluded, blocks, overlaps, comparison } = await previewPopulation(given, like);
  const { resolved, circles } = found;
  const [people, overall, own] = await Promise.all([
    reader.rows<{ personId: string; name: string; hasSignIn: boolean }>(
      `SELECT p.id AS "personId", p.name, EXISTS (SELECT FROM app_users u WHERE u.person_id = p.id AND u.disabled_at IS NULL) AS "hasSignIn"
       FROM people p WHERE p.id = ANY ($1::uuid[])`,
      [resolved.flatMap(({ reviewerId }) => (reviewerId === null ? [] : [reviewerId]))],
    ),
    medianSeconds(),
    ownMedians(),
  ]);
  const items = new Map(resolved.map((row) => [row.reviewerId, row.items]));
  const reviewers = people
    .map((person) => {
      const theirs = items.get(person.personId) ?? 0;
      const seconds = own.get(person.personId) ?? overall;
      return { ...person, items: theirs, minutes: seconds === null ? null : minutesFor(theirs, seconds) };
    })
    .toSorted((a, b) => b.items - a.items || (a.personId < b.personId ? -1 : 1));
  const longest = reviewers.reduce((most, { minutes }) => Math.max(most, minutes ?? 0), 0);
  const preview: ScopePreview = {
    items: resolved.reduce((sum, row) => sum + row.items, 0),
    privileged: resolved.reduce((sum, row) => sum + row.privileged, 0),
    reviewers,
    group,
    circles,
    withoutReviewer: resolved
      .filter(({ reviewerId }) => reviewerId === null)
      .toSorted((a, b) => b.items - a.items || (a.subjectId < b.subjectId ? -1 : 1))
      .map(({ subjectId, subjectKind, name, items: count }) => ({ subjectId, name, kind: subjectKind, items: count })),
    excluded,
    blocks,
    expectedMinutes: overall === null ? null : longest,
    overlaps,
  };
  return { preview, comparison };
}

/** The freeze's own statements up to its heap, counted and rolled back: a preview cannot disagree with the population. */
async function previewPopulation({ scope, fallbackPersonId, plan }: Previewed, like: Like | null): Promise<Preview> {
  return rolledBack(async (tx) => {
    await collectFacts(tx, { scope, fallbackPersonId, plan, risk: DEFAULT_RISK_PARAMETERS });
    await collectSubjects(tx, scope, DEFAULT_RISK_PARAMETERS);
    const found = await findReviewers(tx, scope, plan);
    const { joins, where } = inScope(scope);
    const previous = like && (await findPrevious(tx, like));
    const now = `SELECT g.source_id, i.id AS identity_id, e.id AS entitlement_id, e.digest, ${found.reviewer.personId("p.pick")} AS reviewer_id
      ${joins} ${found.reviewer.joins} ${where}`;
    return {
      found,
      group: await readGroup(tx, plan),
      comparison: previous && { previous, sources: await comparePopulations(tx, previous.campaignId, now, scopeValues(scope)) },
      excluded: await countExclusions(tx, scope),
      blocks: await findBlocks(tx, scope.sourceIds, new Date()),
      overlaps: await findOverlaps(tx, null, scope.sourceIds),
    };
  });
}

async function rolledBack<T>(body: (tx: Tx) => Promise<T>): Promise<T> {
  const client = await appPool().connect();
  let broken: Error | undefined;
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
    return await body(pgTx(client));
  } finally {
    await client.query("ROLLBACK").catch((failure: Error) => {
      broken = failure;
    });
    client.release(broken);
  }
}
