import "server-only";
import type { Role } from "#lib/authz/permissions.ts";
import { type AccessColumns, poolSql } from "./reviewers.sql.ts";
import { isPool, POOLS, type Pool } from "./reviewers.ts";
import type { ReviewerRule } from "./types.ts";

const SECURITY_ROLE: Role = "security_analyst";

/** The people of a group: whoever holds the entitlement, directly or through groups. */
export const groupHolders = (group: string) => `
  SELECT DISTINCT i.person_id FROM (SELECT ${group}::uuid AS id UNION ALL SELECT c.holder_id FROM entitlement_closure c WHERE c.reached_id = ${group}::uuid) k
  JOIN grants g ON g.entitlement_id = k.id AND g.holder_kind = 'identity' AND g.ended_run_id IS NULL
  JOIN identities i ON i.id = g.holder_id AND i.gone_at IS NULL AND i.person_id IS NOT NULL`;

/**
 * Members of the links of several people: rule, place (from 0), members (how many), and who. Named people in the order named; of a group
 * whoever holds the entitlement, directly or through groups, and of security whoever has its role here, in order of their id.
 */
export const poolOf = (people: string, named: string, group: string) => `
  SELECT m.rule, m.place::int, count(*) OVER (PARTITION BY m.rule)::int AS members, p.id, p.name, p.manager_id, p.standing
  FROM (SELECT 'named' AS rule, n.id, n.place - 1 AS place FROM unnest(${named}::uuid[]) WITH ORDINALITY AS n (id, place)
    UNION ALL
    SELECT 'group', h.person_id, row_number() OVER (ORDER BY h.person_id) - 1 FROM (${groupHolders(group)}) h
    UNION ALL
    SELECT 'security', h.person_id, row_number() OVER (ORDER BY h.person_id) - 1 FROM (
      SELECT DISTINCT u.person_id FROM app_users u JOIN role_assignments r ON r.user_id = u.id AND r.ended_at IS NULL AND r.role = '${SECURITY_ROLE}'
      WHERE u.disabled_at IS NULL AND u.person_id IS NOT NULL) h) m
  JOIN ${people} p ON p.id = m.id`;

/** Whether somebody is security, in the same sense. */
export const isSecuritySql = (
  person: string,
) => `EXISTS (SELECT FROM app_users u JOIN role_assignments r ON r.user_id = u.id AND r.ended_at IS NULL
  AND r.role = '${SECURITY_ROLE}' WHERE u.disabled_at IS NULL AND u.person_id = ${person})`;

/** Where a subject begins in a ring of members: 28 bits of the MD5 of its id. Anybody can compute it again; nothing about it is random. */
export const RING_RULE =
  "members in order of person id; begins at the first 7 hex digits of md5(id of the person or identity) modulo their number";
export const placeInRing = (id: string) => `('x' || left(md5(${id}::text), 7))::bit(28)::int`;

/** Columns of LATERAL z. */
export const POOL_COLUMNS = { named: "z.named_id", group: "z.group_id", security: "z.security_id" } as const satisfies Record<Pool, string>;

/** LATERAL z: the first eligible of each pool that the chain names; a chain without pools costs nothing. */
export function groupMembers(
  links: readonly ReviewerRule[],
  { from, place, access }: { from: string; place: string; access: AccessColumns },
): string {
  if (!links.some(isPool)) return "";
  const inOrder = { named: "q.place", group: ring(place), security: ring(place) };
  const found = POOLS.map((pool) => `${poolSql(`${from} q WHERE q.rule = '${pool}'`, inOrder[pool], access)} AS ${pool}_id`);
  return `CROSS JOIN LATERAL (SELECT ${found.join(", ")} OFFSET 0) z`;
}

const ring = (place: string) => `(q.place - ${place} % q.members + q.members) % q.members`;
