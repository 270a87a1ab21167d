import "server-only";
import type { InventoryScope } from "#lib/authz/scope.ts";
import { decodeCursor, encodeCursor } from "#lib/db/cursor.ts";
import { reader } from "#lib/db/transact.ts";
import type { MatchingView } from "./matching-view.ts";

/** One identity with one person, proposed or matched; without a person where nobody was found. */
export type MatchingRow = {
  /** Of the match; of the identity where there is none. */
  id: string;
  matchId: string | null;
  identityId: string;
  identity: string;
  login: string | null;
  identityMail: string | null;
  class: string;
  source: string;
  personId: string | null;
  person: string | null;
  /** Title and department, or the mail address: what tells two people of one name apart. */
  personDetail: string | null;
  /** How it was found: exact_id, mail, name, by_hand. */
  method: string | null;
  score: number | null;
  why: string | null;
  decidedBy: string | null;
};

export type MatchingFilter = { view: MatchingView; search?: string | undefined; after?: string | undefined };

const PAGE = 50;

const WHICH: Readonly<Record<MatchingView, { join: string; where: string }>> = {
  proposed: {
    join: "JOIN identity_person_matches m ON m.identity_id = i.id AND m.state = 'proposed' JOIN people p ON p.id = m.person_id",
    where: "i.person_id IS NULL",
  },
  matched: {
    join: "JOIN people p ON p.id = i.person_id LEFT JOIN identity_person_matches m ON m.identity_id = i.id AND m.state = 'matched'",
    where: "true",
  },
  nobody: {
    join: "LEFT JOIN people p ON false LEFT JOIN identity_person_matches m ON false",
    where: `i.person_id IS NULL AND i.class IN ('human', 'unknown', 'break_glass', 'shared')
      AND NOT EXISTS (SELECT FROM identity_person_matches o WHERE o.identity_id = i.id AND o.state = 'proposed')`,
  },
};

/** By the identity's name, the likeliest person first, 50 a page. */
export async function listMatching(_scope: InventoryScope, filter: MatchingFilter): Promise<{ rows: MatchingRow[]; next: string | null }> {
  const { after, view, search } = filter;
  const { join, where } = WHICH[view];
  const list = `matching:${JSON.stringify([view, search ?? null])}`;
  const [name, identityId, rank, id] = after ? decodeCursor(list, after) : [null, null, null, null];
  const rows = await reader.rows<MatchingRow & { rank: number }>(
    `SELECT * FROM (
       SELECT coalesce(m.id, i.id) AS id, m.id AS "matchId", i.id AS "identityId", i.name AS identity, i.login, i.mail AS "identityMail", i.class,
         s.name AS source, p.id AS "personId", p.name AS person, coalesce(nullif(concat_ws(', ', p.title, p.department), ''), p.mail) AS "personDetail",
         m.method, m.score, m.why, u.display_name AS "decidedBy", 100 - coalesce(m.score, 0) AS rank
       FROM identities i JOIN sources s ON s.id = i.source_id ${join} LEFT JOIN app_users u ON u.id = m.decided_by
       WHERE i.gone_run_id IS NULL AND ${where}
         AND ($1::text IS NULL OR i.name ILIKE $1::text OR i.login ILIKE $1::text OR p.name ILIKE $1::text)
     ) found
     WHERE $2::text IS NULL OR (identity COLLATE "C", "identityId", rank, id) > ($2::text, $3::uuid, $4::int, $5::uuid)
     ORDER BY identity COLLATE "C", "identityId", rank, id LIMIT ${PAGE + 1}`,
    [search ? `%${search.replace(/[\\%_]/g, "\\$&")}%` : null, name, identityId, rank, id],
  );
  const last = rows.length > PAGE ? rows[PAGE - 1] : undefined;
  const next = last ? encodeCursor(list, [last.identity, last.identityId, last.rank, last.id]) : null;
  return { rows: rows.slice(0, PAGE).map(({ rank: _rank, ...row }) => row), next };
}

/** How many identities wait for somebody to say whose they are. */
export async function countProposed(_scope: InventoryScope): Promise<number> {
  const [row] = await reader.rows<{ count: number }>(
    `SELECT count(DISTINCT i.id)::int AS count FROM identities i JOIN identity_person_matches m ON m.identity_id = i.id AND m.state = 'proposed'
     WHERE i.gone_run_id IS NULL AND i.person_id IS NULL`,
  );
  return row?.count ?? 0;
}
