import "server-only";
import { isBehind, REVIEWER_CHAIN } from "./reviewers.ts";
import type { ReviewerRule } from "./types.ts";

/** SQL expressions of one link of the chain. */
export type LinkColumns = { personId: string; name: string; managerId: string; standing: string };
export type ReviewerColumns = {
  subject: string;
  granter: string;
  /** uuid[] of earlier holders; left out where nobody can have held it yet. */
  heldBy?: string;
  chain: Readonly<Record<ReviewerRule, LinkColumns>>;
};

/**
 * resolveReviewer as SQL. `pick` is the link's number (0: nobody) and belongs into a LATERAL of its own, so that it is computed once a row;
 * the others are made from its name.
 */
export function reviewerSql(columns: ReviewerColumns) {
  const links = REVIEWER_CHAIN.map((rule, at) => ({ rule, number: at + 1, link: columns.chain[rule] }));
  return {
    pick: `CASE ${links.map(({ link, number }) => `WHEN ${isEligible(link, columns)} THEN ${number}`).join(" ")} ELSE 0 END`,
    personId: (pick: string) => `CASE ${pick} ${links.map(({ link, number }) => `WHEN ${number} THEN ${link.personId}`).join(" ")} END`,
    rule: (pick: string) => `CASE ${pick} ${links.map(({ rule, number }) => `WHEN ${number} THEN '${rule}'`).join(" ")} END`,
    passedOver: (pick: string) =>
      `CASE WHEN ${pick} = 1 THEN '[]'::jsonb ELSE to_jsonb(array_remove(ARRAY[${links
        .map(({ rule, link, number }) => {
          const isTold = `(${pick} = 0 OR ${pick} > ${number})${isBehind(rule) ? ` AND ${link.personId} IS NOT NULL` : ""}`;
          return `CASE WHEN ${isTold} THEN jsonb_build_object('rule', '${rule}', 'personId', ${link.personId}, 'name', ${link.name}, 'why', ${why(link, columns)}) END`;
        })
        .join(", ")}], NULL)) END`,
  };
}

function isEligible(link: LinkColumns, { subject, granter, heldBy }: ReviewerColumns): string {
  const conditions = [
    `${link.personId} IS NOT NULL`,
    `${link.personId} IS DISTINCT FROM ${subject}`,
    `(${link.managerId} IS NULL OR ${link.managerId} IS DISTINCT FROM ${subject})`,
    `${link.personId} IS DISTINCT FROM ${granter}`,
    `${link.standing} IS NULL`,
    ...(heldBy ? [`${link.personId} <> ALL (${heldBy})`] : []),
  ];
  return conditions.join(" AND ");
}

function why(link: LinkColumns, { subject, granter }: ReviewerColumns): string {
  return `CASE WHEN ${link.personId} IS NULL THEN 'nobody' WHEN ${link.personId} = ${subject} THEN 'self'
    WHEN ${link.managerId} = ${subject} THEN 'own_manager' WHEN ${link.personId} = ${granter} THEN 'granted_it'
    WHEN ${link.standing} IS NOT NULL THEN ${link.standing} ELSE 'held_before' END`;
}
