import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import { ATTEMPTS, FOUND_BESIDE_THE_LINE, pairsIn } from "./circles.sql.ts";
import { FREEZE_ACCESS, freezeReviewer } from "./freeze.sql.ts";
import { SUBJECTS_IN_SCOPE } from "./freeze-machines.sql.ts";
import { barCircles } from "./independence.ts";
import { kindsOf } from "./item-kinds.ts";
import type { CampaignPlan } from "./plan.ts";
import type { ScopePreview } from "./plan-types.ts";
import type { AccessColumns } from "./reviewers.sql.ts";
import type { CampaignScopeInput } from "./schema.ts";
import { inScope, scopeValues } from "./scope.sql.ts";

export type Resolved = {
  reviewerId: string | null;
  subjectId: string;
  subjectKind: "person" | "identity";
  name: string;
  items: number;
  privileged: number;
};
export type PreviewReviewers = { resolved: Resolved[]; circles: number; reviewer: ReturnType<typeof freezeReviewer> };

/**
 * Whoever would stand in a circle is passed over, as the freeze does behind its search. It looks at each item's next reviewer in turn and this
 * at all of them at once: where several circles meet they may choose differently among the eligible, and the preview says so.
 */
const WITHOUT_CIRCLES: AccessColumns = {
  ...FREEZE_ACCESS,
  loop: (person) => `EXISTS (SELECT FROM preview_barred b WHERE b.reviewer_id = ${person} AND b.subject_id = i.person_id)`,
};
const MEMBERS_SHOWN = 12;

/** Who would review what, by the statements of the freeze and its rule about circles. Reads the freeze's temporary tables. */
export async function findReviewers(tx: Tx, scope: CampaignScopeInput, plan: CampaignPlan): Promise<PreviewReviewers> {
  await tx.rows("DROP TABLE IF EXISTS pg_temp.preview_barred");
  await tx.rows("CREATE TEMP TABLE preview_barred (reviewer_id uuid, subject_id uuid) ON COMMIT DROP");
  let reviewer = freezeReviewer(plan);
  let circles = 0;
  for (let attempt = 1; ; attempt += 1) {
    await findOnce(tx, scope, reviewer);
    const barred = barCircles(await pairsIn(tx, PAIRS(attempt === 1 ? FOUND_BESIDE_THE_LINE : "true")));
    if (barred.length === 0 || attempt > ATTEMPTS) return { resolved: await readResolved(tx), circles, reviewer };
    circles += await bar(tx, barred);
    reviewer = freezeReviewer(plan, WITHOUT_CIRCLES);
  }
}

async function findOnce(tx: Tx, scope: CampaignScopeInput, reviewer: ReturnType<typeof freezeReviewer>): Promise<void> {
  const { joins, where } = inScope(scope);
  const found = (
    privileged: string,
  ) => `SELECT ${reviewer.personId("p.pick")} AS reviewer_id, ${reviewer.rule("p.pick")} AS reviewer_rule, i.person_id,
    coalesce(i.person_id, i.id) AS subject_id, coalesce(i.person_name, i.name) AS name, ${privileged} = 'yes' AS is_privileged`;
  await tx.rows("DROP TABLE IF EXISTS pg_temp.preview_found");
  await tx.rows(
    `CREATE TEMP TABLE preview_found ON COMMIT DROP AS
     SELECT reviewer_id, reviewer_rule, person_id, CASE WHEN reviewer_id IS NULL THEN subject_id END AS subject_id, min(name) AS name, count(*)::int AS items,
       count(*) FILTER (WHERE is_privileged)::int AS privileged
     FROM (${found("e.privileged")} ${joins} ${reviewer.joins} ${where} AND ${kindsOf(scope).includes("grant")}
       UNION ALL ${found("m.privileged")} ${SUBJECTS_IN_SCOPE} ${reviewer.joins}) f
     GROUP BY 1, 2, 3, 4`,
    [...scopeValues(scope)],
  );
}

const PAIRS = (among: string) =>
  `SELECT DISTINCT i.reviewer_id, i.person_id FROM preview_found i WHERE i.reviewer_id IS NOT NULL AND i.person_id IS NOT NULL AND ${among}`;

async function bar(tx: Tx, barred: ReturnType<typeof barCircles>): Promise<number> {
  const pairs = [barred.map(({ reviewerId }) => reviewerId), barred.map(({ subjectId }) => subjectId)];
  const [moved] = await tx.rows<{ items: number }>(
    `WITH told AS (INSERT INTO preview_barred SELECT * FROM unnest($1::uuid[], $2::uuid[]) RETURNING reviewer_id, subject_id)
     SELECT coalesce(sum(f.items), 0)::int AS items FROM preview_found f JOIN told b ON b.reviewer_id = f.reviewer_id AND b.subject_id = f.person_id`,
    pairs,
  );
  return moved?.items ?? 0;
}

const readResolved = (tx: Tx): Promise<Resolved[]> =>
  tx.rows<Resolved>(
    `SELECT reviewer_id AS "reviewerId", coalesce(reviewer_id, subject_id) AS "subjectId",
       CASE WHEN reviewer_id IS NOT NULL OR bool_or(person_id IS NOT NULL) THEN 'person' ELSE 'identity' END AS "subjectKind", min(name) AS name,
       sum(items)::int AS items, sum(privileged)::int AS privileged
     FROM preview_found GROUP BY reviewer_id, subject_id`,
  );

/** The group of the first round, with what each of its members would get by it. */
export async function readGroup(tx: Tx, plan: CampaignPlan): Promise<ScopePreview["group"]> {
  if (!plan.rounds[0]?.group) return null;
  type Member = NonNullable<ScopePreview["group"]>["members"][number] & { of: number };
  const members = await tx.rows<Member>(
    `SELECT p.id AS "personId", p.name, p.standing AS why, p.members AS of,
       coalesce((SELECT sum(f.items)::int FROM preview_found f WHERE f.reviewer_id = p.id AND f.reviewer_rule = 'group'), 0) AS items
     FROM freeze_pools p WHERE p.rule = 'group' ORDER BY p.place LIMIT ${MEMBERS_SHOWN}`,
  );
  return { of: members[0]?.of ?? 0, members: members.map(({ of: _, ...member }) => member) };
}
