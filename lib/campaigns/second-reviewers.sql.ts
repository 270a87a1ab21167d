import "server-only";
import { granteesOf } from "#lib/authz/permissions.ts";
import type { CampaignScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import type { Tx } from "#lib/db/tx.ts";
import { PEOPLE } from "./freeze.sql.ts";
import { countDependences, isLineSql, reviewedFrom } from "./independence.sql.ts";
import type { Dependence } from "./independence.ts";
import { likeText } from "./queries.ts";
import { readKept } from "./second-looks.sql.ts";
import {
  type SecondReviewerCaution,
  type SecondReviewerRefusal,
  secondReviewerCautions,
  secondReviewerRefusals,
} from "./second-reviewers.ts";
import type { Ineligibility } from "./types.ts";

export type SecondReviewer = {
  personId: string;
  name: string;
  title: string | null;
  /** Items and second looks that wait for them in any campaign. */
  open: number;
  /** Of the items to draw from, those that they may judge, and why not the others. */
  free: number;
  of: number;
  dependsBy: Ineligibility[];
  refusals: SecondReviewerRefusal[];
  cautions: SecondReviewerCaution[];
};

type Known = Pick<SecondReviewer, "personId" | "name" | "title" | "open"> & {
  isInOffice: boolean;
  hasSignIn: boolean;
  mayDecide: boolean;
  ofReviewer: Dependence[];
};

const SHOWN = 20;

/** People $3 of campaign $1 and reviewer $2, with what tells whether they may look. $4: who may decide. */
const KNOWN = (which: string) => `
  WITH r AS MATERIALIZED (${reviewedFrom("ARRAY[$2::uuid]")}),
  open AS MATERIALIZED (
    SELECT person_id, sum(items)::int AS items FROM (
      SELECT i.reviewer_id AS person_id, count(*) AS items FROM items i JOIN campaigns c ON c.id = i.campaign_id AND c.state IN ('ACTIVE', 'PAUSED')
      WHERE i.state IN ('ASSIGNED', 'DRAFTED') GROUP BY 1
      UNION ALL
      SELECT l.reviewer_id, count(*) FROM second_looks l JOIN campaigns c ON c.id = l.campaign_id AND c.state IN ('ACTIVE', 'PAUSED', 'CLOSING')
      WHERE NOT EXISTS (SELECT FROM second_look_answers a WHERE a.look_id = l.id) GROUP BY 1) k GROUP BY 1),
  users AS MATERIALIZED (
    SELECT u.person_id, bool_or(EXISTS (SELECT FROM role_assignments a WHERE a.user_id = u.id AND a.ended_at IS NULL AND a.role = ANY ($4::text[]))) AS may_decide
    FROM app_users u WHERE u.disabled_at IS NULL AND u.person_id IS NOT NULL GROUP BY 1)
  SELECT p.id AS "personId", p.name, p.title, coalesce(o.items, 0) AS open, p.standing IS DISTINCT FROM 'left' AS "isInOffice",
    u.person_id IS NOT NULL AS "hasSignIn", coalesce(u.may_decide, false) AS "mayDecide",
    array_remove(ARRAY[CASE WHEN p.manager_id = $2::uuid THEN 'own_manager' END,
      CASE WHEN p.id = ANY (r.mutual_ids) AND NOT ${isLineSql("p.id", "$2::uuid")} THEN 'mutual_pair' END,
      CASE WHEN p.id = ANY (r.loop_ids) AND NOT p.id = ANY (r.mutual_ids) AND NOT ${isLineSql("p.id", "$2::uuid")} THEN 'loop' END], NULL) AS "ofReviewer"
  FROM (${PEOPLE}) p CROSS JOIN r LEFT JOIN users u ON u.person_id = p.id LEFT JOIN open o ON o.person_id = p.id ${which}`;

const deciders = granteesOf("item.decide");

/** One person, as the command asks. */
export async function readSecondReviewer(
  tx: Tx,
  about: { campaignId: string; reviewerId: string },
  personId: string,
): Promise<SecondReviewer | null> {
  const { campaignId, reviewerId } = about;
  const known = await tx.rows<Known>(KNOWN("WHERE p.id = $3::uuid"), [campaignId, reviewerId, personId, deciders]);
  const [second] = await judged(tx, about, known);
  return second ?? null;
}

/** Who may look again at what somebody kept, those with the fewest open items first; where a name is asked for, also who may not, and why. */
export async function listSecondReviewers(
  _scope: CampaignScope,
  about: { campaignId: string; reviewerId: string },
  q: string,
): Promise<SecondReviewer[]> {
  const { campaignId, reviewerId } = about;
  const isAsked = q !== "";
  // Nobody asked for: whoever stands out at once is not worth a look at every item.
  const which = isAsked
    ? `WHERE p.name ILIKE '%' || $3::text || '%' ORDER BY u.person_id IS NULL, p.name COLLATE "C", p.id LIMIT ${SHOWN}`
    : `WHERE $3::text = '' AND u.may_decide AND p.standing IS NULL ORDER BY coalesce(o.items, 0), p.name COLLATE "C", p.id LIMIT ${2 * SHOWN}`;
  const seconds = await judged(reader, about, await reader.rows<Known>(KNOWN(which), [campaignId, reviewerId, likeText(q), deciders]));
  return seconds.toSorted(
    (one, other) =>
      Number(one.refusals.length > 0) - Number(other.refusals.length > 0) ||
      one.cautions.length - other.cautions.length ||
      one.open - other.open ||
      other.free - one.free,
  );
}

async function judged(
  tx: Tx,
  { campaignId, reviewerId }: { campaignId: string; reviewerId: string },
  known: readonly Known[],
): Promise<SecondReviewer[]> {
  const kept = await readKept(tx, campaignId, reviewerId);
  const counted = await countDependences(
    tx,
    campaignId,
    kept.map(({ itemId }) => itemId),
    known.map(({ personId }) => personId),
  );
  const of = new Map(counted.map((row) => [row.personId, row]));
  return known.map(({ isInOffice, hasSignIn, mayDecide, ofReviewer, ...person }) => {
    const { free, why } = of.get(person.personId) ?? { free: 0, why: [] };
    const isFirstReviewer = person.personId === reviewerId;
    const refusals = secondReviewerRefusals({ isFirstReviewer, isInOffice, hasSignIn, mayDecide, ofReviewer, free });
    return { ...person, free, of: kept.length, dependsBy: why, refusals, cautions: secondReviewerCautions({ ofReviewer }) };
  });
}
