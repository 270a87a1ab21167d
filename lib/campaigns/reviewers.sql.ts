import "server-only";
import { DEPENDENCES, type Dependence } from "./independence.ts";
import { isBehind, isPool, type Link, type Pool } from "./reviewers.ts";
import type { ReviewerRule } from "./types.ts";

/** SQL expressions of one link of the chain. */
export type LinkColumns = { personId: string; name: string; managerId: string; standing: string };
/** A condition on the person of an expression. May be null, which is no. */
export type IsPerson = (person: string) => string;
/** Own managers need none: they are the subject, looked at from the candidate's manager. */
export type AccessColumns = Readonly<Record<Exclude<Dependence, "own_manager">, IsPerson | null>> & {
  /** uuid[] of earlier holders; null where nobody can have held it yet. */
  heldBy: string | null;
};
export type ReviewerColumns = {
  links: readonly ReviewerRule[];
  ownerAnswers: boolean;
  access: AccessColumns;
  chain: Readonly<Record<Link, LinkColumns>>;
  /** The first eligible of a pool, or null: poolSql in a LATERAL of its own. */
  pools: Readonly<Record<Pool, string>>;
};

/**
 * resolveReviewer as SQL. `pick` is the link's number (0: nobody) and belongs into a LATERAL of its own, so that it is computed once a row;
 * the others are made from its name.
 */
export function reviewerSql(columns: ReviewerColumns) {
  const links = columns.links.map((rule, at) => ({ rule, number: at + 1, ...linkOf(rule, columns) }));
  return {
    pick: `CASE ${links.map(({ eligible, number }) => `WHEN ${eligible} THEN ${number}`).join(" ")} ELSE 0 END`,
    personId: (pick: string) => `CASE ${pick} ${links.map(({ personId, number }) => `WHEN ${number} THEN ${personId}`).join(" ")} END`,
    rule: (pick: string) => `CASE ${pick} ${links.map(({ rule, number }) => `WHEN ${number} THEN '${rule}'`).join(" ")} END`,
    passedOver: (pick: string) =>
      `CASE WHEN ${pick} = 1 THEN '[]'::jsonb ELSE to_jsonb(array_remove(ARRAY[${links
        .map(({ rule, personId, number, told }) => {
          const isTold = `(${pick} = 0 OR ${pick} > ${number})${isBehind(rule) ? ` AND ${personId} IS NOT NULL` : ""}`;
          return `CASE WHEN ${isTold} THEN jsonb_build_object('rule', '${rule}', ${told}) END`;
        })
        .join(", ")}], NULL)) END`,
  };
}

/** The first eligible of a pool's members q (id, name, manager_id, standing) in the order given; null where there is none. */
export const poolSql = (from: string, orderBy: string, access: AccessColumns): string => {
  const member = { personId: "q.id", name: "q.name", managerId: "q.manager_id", standing: "q.standing" };
  return `(SELECT q.id FROM ${from} AND ${isEligible(member, access)} ORDER BY ${orderBy} LIMIT 1)`;
};

/** What an owner is excused of in a round that is not the last. */
const EXCUSED: readonly Dependence[] = ["owns_identity", "can_use_identity"];

function linkOf(rule: ReviewerRule, { access, chain, pools, ownerAnswers }: ReviewerColumns) {
  if (isPool(rule))
    return { personId: pools[rule], eligible: `${pools[rule]} IS NOT NULL`, told: `'personId', NULL, 'name', NULL, 'why', 'nobody'` };
  const link = chain[rule];
  const excused = rule === "identity_owner" && ownerAnswers ? EXCUSED : [];
  const told = `'personId', ${link.personId}, 'name', ${link.name}, 'why', ${why(link, access, excused)}`;
  return { personId: link.personId, eligible: isEligible(link, access, excused), told };
}

function dependences(link: LinkColumns, access: AccessColumns, excused: readonly Dependence[]): { reason: Dependence; holds: string }[] {
  return DEPENDENCES.filter((reason) => !excused.includes(reason)).flatMap((reason) => {
    const is = reason === "own_manager" ? access.self : access[reason];
    return is ? [{ reason, holds: is(reason === "own_manager" ? link.managerId : link.personId) }] : [];
  });
}

function isEligible(link: LinkColumns, access: AccessColumns, excused: readonly Dependence[] = []): string {
  const conditions = [
    `${link.personId} IS NOT NULL`,
    ...dependences(link, access, excused).map(({ holds }) => `(${holds}) IS NOT TRUE`),
    `${link.standing} IS NULL`,
    ...(access.heldBy ? [`(${link.personId} = ANY (${access.heldBy})) IS NOT TRUE`] : []),
  ];
  return conditions.join(" AND ");
}

function why(link: LinkColumns, access: AccessColumns, excused: readonly Dependence[]): string {
  return `CASE WHEN ${link.personId} IS NULL THEN 'nobody'
    ${dependences(link, access, excused)
      .map(({ reason, holds }) => `WHEN ${holds} THEN '${reason}'`)
      .join(" ")}
    WHEN ${link.standing} IS NOT NULL THEN ${link.standing} ELSE 'held_before' END`;
}
