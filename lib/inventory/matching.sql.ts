import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import { type Proposal, proposalFor } from "./matching.ts";

/** Only identities of people are matched by what they look like; of a service the mail address is its owner's. */
const OF_PEOPLE = "('human', 'unknown')";
const IS_LIVE = "i.gone_run_id IS NULL AND ($1::uuid IS NULL OR i.source_id = $1::uuid)";

/** The identities to look at, as rows of id, person, mail and class. `$1` is a source, or null for all. */
const LIVE = `SELECT i.id, i.person, i.mail, i.class FROM identities i WHERE ${IS_LIVE}`;

/** Present people by what names exactly one of them. Counted by a window: of HAVING the planner expects one row, and then loops over all. */
const oneBy = (key: string) => `(SELECT key, id FROM (
    SELECT ${key} AS key, id, count(*) OVER (PARTITION BY ${key}) AS named FROM people WHERE gone_run_id IS NULL AND ${key} IS NOT NULL
  ) k WHERE named = 1)`;

/** Somebody said that it is not this person's; no later sync knows better. */
const NOT_REFUSED = `NOT EXISTS (SELECT FROM identity_person_matches r WHERE r.identity_id = i.id AND r.person_id = p.id
  AND r.state IN ('refused', 'undone') AND r.decided_by IS NOT NULL)`;

const exact = (identities: string) => `SELECT i.id AS identity_id, p.id AS person_id
  FROM (${identities}) i JOIN ${oneBy("external_id")} p ON p.key = i.person WHERE ${NOT_REFUSED}`;

const byMail = (identities: string) => `SELECT i.id AS identity_id, p.id AS person_id
  FROM (${identities}) i JOIN ${oneBy("lower(mail)")} p ON p.key = lower(i.mail) WHERE i.class IN ${OF_PEOPLE} AND ${NOT_REFUSED}`;

export type Matched = { exact: number; mail: number; digest: string };

/**
 * Matches identities to people where the source says whose it is, and by a mail address that is one person's only: of one source, or (after
 * people changed) of all. What a person decided stands. Writes nothing where nothing new is known.
 */
export async function matchPeople(tx: Tx, sourceId: string | null, at: Date): Promise<Matched> {
  await tx.rows(
    `UPDATE identity_person_matches m SET state = 'undone', decided_at = $2::timestamptz FROM (${exact(LIVE)}) f
     WHERE m.identity_id = f.identity_id AND m.person_id <> f.person_id AND m.state = 'matched' AND m.decided_by IS NULL`,
    [sourceId, at.toISOString()],
  );
  const matched = await insertBoth(tx, sourceId, at, LIVE);
  await tx.rows(
    `UPDATE identities i SET person_id = l.person_id
     FROM (SELECT i.id, m.person_id FROM identities i LEFT JOIN identity_person_matches m ON m.identity_id = i.id AND m.state = 'matched'
           WHERE ($1::uuid IS NULL OR i.source_id = $1::uuid)) l
     WHERE i.id = l.id AND i.person_id IS DISTINCT FROM l.person_id`,
    [sourceId],
  );
  return matched;
}

/**
 * As matchPeople, for identities that are about to be inserted: `table` holds their rows, `where` picks them (id, person, mail, class). The
 * caller gives them their person as it inserts them, which spares them an update.
 */
export const matchNewIdentities = (tx: Tx, table: string, where: string, at: Date): Promise<Matched> =>
  insertBoth(tx, null, at, `SELECT id, person, mail, class FROM ${table} WHERE ${where} AND $1::uuid IS NULL`);

async function insertBoth(tx: Tx, sourceId: string | null, at: Date, identities: string): Promise<Matched> {
  const one = await insertMatches(
    tx,
    sourceId,
    at,
    exact(identities),
    "exact_id",
    "the source names the person by the id of the people source",
  );
  const other = await insertMatches(tx, sourceId, at, byMail(identities), "mail", "the mail address is this person's and nobody else's");
  return { exact: one.count, mail: other.count, digest: await digestOf(tx, [one.digest, other.digest]) };
}

async function insertMatches(tx: Tx, sourceId: string | null, at: Date, found: string, method: string, why: string) {
  const [row] = await tx.rows<{ count: string; digest: string }>(
    `WITH made AS (
       INSERT INTO identity_person_matches (identity_id, person_id, method, state, score, why, created_at)
       SELECT f.identity_id, f.person_id, $3::text, 'matched', 100, $4::text, $2::timestamptz FROM (${found}) f
       WHERE NOT EXISTS (SELECT FROM identity_person_matches m WHERE m.identity_id = f.identity_id AND m.state = 'matched')
       ON CONFLICT (identity_id) WHERE state = 'matched' DO NOTHING RETURNING identity_id, person_id
     ) SELECT count(*)::text AS count,
         encode(sha256(convert_to(coalesce(string_agg(identity_id || ' ' || person_id, E'\\n' ORDER BY identity_id), ''), 'UTF8')), 'hex') AS digest FROM made`,
    [sourceId, at.toISOString(), method, why],
  );
  return { count: Number(row?.count ?? 0), digest: row?.digest ?? "" };
}

async function digestOf(tx: Tx, parts: readonly string[]): Promise<string> {
  const [row] = await tx.rows<{ digest: string }>("SELECT encode(sha256(convert_to($1::text, 'UTF8')), 'hex') AS digest", [
    parts.join("\n"),
  ]);
  return row?.digest ?? "";
}

type Candidate = {
  identityId: string;
  personId: string;
  identityName: string;
  login: string | null;
  identityMail: string | null;
  personName: string;
  userName: string | null;
  personMail: string | null;
};

const BATCH = 2_000;
const WORDS = (name: string) =>
  `(SELECT string_agg(word, ' ' ORDER BY word COLLATE "C") FROM regexp_split_to_table(lower(${name}), '[^[:alnum:]]+') word WHERE word <> '')`;

/** Unmatched identities of people, a batch in id order, with everyone who might be meant. */
async function candidates(tx: Tx, sourceId: string | null, after: string): Promise<{ last: string | null; rows: Candidate[] }> {
  const open = await tx.rows<{ id: string }>(
    `SELECT i.id FROM identities i WHERE ${IS_LIVE} AND i.class IN ${OF_PEOPLE} AND i.person_id IS NULL AND i.id > $2::uuid
       AND NOT EXISTS (SELECT FROM identity_person_matches m WHERE m.identity_id = i.id AND m.state = 'proposed')
     ORDER BY i.id LIMIT ${BATCH}`,
    [sourceId, after],
  );
  const rows = await tx.rows<Candidate>(
    `WITH open AS (SELECT *, ${WORDS("name")} AS words FROM identities WHERE id = ANY ($1::uuid[])),
       named AS MATERIALIZED (SELECT *, ${WORDS("name")} AS words FROM people WHERE gone_run_id IS NULL),
       pairs AS (
         SELECT o.id AS identity_id, p.id AS person_id FROM open o JOIN named p ON p.words = o.words
         UNION SELECT o.id, p.id FROM open o JOIN named p ON lower(p.user_name) = lower(o.login)
         UNION SELECT o.id, p.id FROM open o JOIN named p ON split_part(lower(p.mail), '@', 1) = lower(o.login)
       )
     SELECT i.id AS "identityId", p.id AS "personId", i.name AS "identityName", i.login, i.mail AS "identityMail",
       p.name AS "personName", p.user_name AS "userName", p.mail AS "personMail"
     FROM pairs JOIN identities i ON i.id = pairs.identity_id JOIN people p ON p.id = pairs.person_id
     WHERE NOT EXISTS (SELECT FROM identity_person_matches m WHERE m.identity_id = i.id AND m.person_id = p.id)
     ORDER BY i.id, p.id`,
    [open.map(({ id }) => id)],
  );
  return { last: open.length === BATCH ? (open.at(-1)?.id ?? null) : null, rows };
}

/** At most this many people are proposed for one identity; with more the names say nothing. */
const MOST_PROPOSED = 3;

/** Proposes people for identities that nothing exact was found for. Answers with how many proposals were added. */
export async function proposeMatches(tx: Tx, sourceId: string | null, at: Date): Promise<number> {
  let after: string | null = "00000000-0000-0000-0000-000000000000";
  let count = 0;
  while (after !== null) {
    const { last, rows }: { last: string | null; rows: Candidate[] } = await candidates(tx, sourceId, after);
    const proposals = [...Map.groupBy(rows, ({ identityId }) => identityId).values()].flatMap(bestOf);
    await tx.rows(
      `INSERT INTO identity_person_matches (identity_id, person_id, method, state, score, why, created_at)
       SELECT identity_id, person_id, 'name', 'proposed', score, why, $5::timestamptz
       FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[]) AS made (identity_id, person_id, score, why)`,
      [
        proposals.map(({ identityId }) => identityId),
        proposals.map(({ personId }) => personId),
        proposals.map(({ score }) => score),
        proposals.map(({ why }) => why),
        at.toISOString(),
      ],
    );
    count += proposals.length;
    after = last;
  }
  return count;
}

function bestOf(ofOne: readonly Candidate[]): (Proposal & { identityId: string; personId: string })[] {
  return ofOne
    .flatMap((found) => {
      const identity = { name: found.identityName, login: found.login, mail: found.identityMail };
      const proposal = proposalFor(
        identity,
        { name: found.personName, userName: found.userName, mail: found.personMail },
        ofOne.length - 1,
      );
      return proposal ? [{ ...proposal, identityId: found.identityId, personId: found.personId }] : [];
    })
    .sort((one, other) => other.score - one.score || (one.personId < other.personId ? -1 : 1))
    .slice(0, MOST_PROPOSED);
}
