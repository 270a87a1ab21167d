import "server-only";
import { appPool } from "#lib/db/pool.ts";
import { pgTx, type Tx } from "#lib/db/tx.ts";
import { DEFAULT_RISK_PARAMETERS } from "#lib/policy/risk.ts";
import { collectFacts, freezeReviewer, IN_SCOPE, scopeValues } from "./freeze.sql.ts";
import { collectSubjects, SUBJECTS_IN_SCOPE } from "./freeze-machines.sql.ts";
import { kindsOf } from "./item-kinds.ts";
import { countExclusions, findOverlaps } from "./manifest.sql.ts";
import type { CampaignPlan } from "./plan.ts";
import type { CampaignScopeInput } from "./schema.ts";
import { findBlocks } from "./sources.sql.ts";
import type { Block, Exclusion } from "./types.ts";

export type Resolved = {
  reviewerId: string | null;
  subjectId: string;
  subjectKind: "person" | "identity";
  name: string;
  items: number;
  privileged: number;
};
export type Preview = { resolved: Resolved[]; excluded: Exclusion[]; blocks: Block[]; overlaps: { campaignId: string; name: string }[] };

/** The freeze's own statements up to its heap, counted and rolled back: a preview cannot disagree with the population. */
export async function previewPopulation(scope: CampaignScopeInput, fallbackPersonId: string | null, plan: CampaignPlan): Promise<Preview> {
  const reviewer = freezeReviewer(plan);
  return rolledBack(async (tx) => {
    await collectFacts(tx, { scope, fallbackPersonId, plan, risk: DEFAULT_RISK_PARAMETERS });
    await collectSubjects(tx, scope, DEFAULT_RISK_PARAMETERS);
    const [joins = "", where = ""] = IN_SCOPE.split("WHERE g.source_id");
    const resolvedOf = (privileged: string) => `SELECT ${reviewer.personId("p.pick")} AS reviewer_id,
           CASE WHEN p.pick = 0 THEN coalesce(i.person_id, i.id) ELSE ${reviewer.personId("p.pick")} END AS subject_id,
           CASE WHEN p.pick > 0 OR i.person_id IS NOT NULL THEN 'person' ELSE 'identity' END AS subject_kind,
           CASE WHEN p.pick = 0 THEN coalesce(i.person_name, i.name) END AS name, ${privileged} = 'yes' AS is_privileged`;
    const resolved = await tx.rows<Resolved>(
      `SELECT f.reviewer_id AS "reviewerId", f.subject_id AS "subjectId", f.subject_kind AS "subjectKind", min(f.name) AS name, count(*)::int AS items,
         count(*) FILTER (WHERE f.is_privileged)::int AS privileged
       FROM (${resolvedOf("e.privileged")} ${joins} ${reviewer.joins} WHERE ${kindsOf(scope).includes("grant")} AND g.source_id${where}
         UNION ALL ${resolvedOf("m.privileged")} ${SUBJECTS_IN_SCOPE} ${reviewer.joins}) f
       GROUP BY 1, 2, 3`,
      [...scopeValues(scope)],
    );
    return {
      resolved,
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
