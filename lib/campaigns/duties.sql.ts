import "server-only";
import { userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import type { CampaignScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import type { Tx } from "#lib/db/tx.ts";
import { invalid } from "#lib/errors/domain-error.ts";
import { DUTIES, HOLDERS, readToxicPairs, sidesOf } from "./conflicts.sql.ts";
import type { ToxicPair } from "./duties.ts";
import { instantSql } from "./item-rows.sql.ts";

export const DUTIES_SETTING = "campaign.toxic_pairs";

/** One change at a time, whether or not the setting was ever set. */
export async function lockToxicPairs(tx: Tx): Promise<readonly ToxicPair[]> {
  await tx.rows("SELECT pg_advisory_xact_lock(hashtextextended($1::text, 0))", [DUTIES_SETTING]);
  return readToxicPairs(tx);
}

export async function writeToxicPairs(tx: Tx, ctx: Ctx, pairs: readonly ToxicPair[]): Promise<void> {
  await tx.rows(
    `INSERT INTO settings (key, value, updated_at, updated_by) VALUES ($1::text, $2::jsonb, $3::timestamptz, $4::uuid)
     ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value, updated_at = EXCLUDED.updated_at, updated_by = EXCLUDED.updated_by`,
    [DUTIES_SETTING, JSON.stringify(pairs), ctx.now, userIdOf(ctx.actor)],
  );
}

const BROKEN_PATTERN = "2201B";

/** A pattern that the database cannot read would stop the next freeze. */
export async function requirePatterns(tx: Tx, pairs: readonly ToxicPair[]): Promise<void> {
  for (const { id, sides } of pairs)
    for (const [at, { says }] of sides.entries())
      try {
        await tx.rows("SELECT '' ~* $1::text", [says]);
      } catch (error) {
        if ((error as { code?: unknown }).code !== BROKEN_PATTERN) throw error;
        throw invalid(`The pair ${id} has a pattern that cannot be read: ${says}`, { [`pair.sides.${at}.says`]: "This is no pattern." });
      }
}

export type Duties = {
  pairs: (ToxicPair & { people: number | null; others: number | null })[];
  changedAt: string | null;
  changedBy: string | null;
};

const HELD_NOW = `WITH freeze_duties AS MATERIALIZED (${DUTIES}), freeze_duty_holders AS MATERIALIZED (${HOLDERS})`;
const input = (pairs: readonly ToxicPair[]) => JSON.stringify(pairs.flatMap(sidesOf));

/** The pairs in force, with how many hold both sides of each now; to a reviewer without the numbers. */
export async function listDuties(scope: CampaignScope): Promise<Duties> {
  const pairs = await readToxicPairs(reader);
  const [changed] = await reader.rows<{ at: string; by: string | null }>(
    `SELECT ${instantSql("s.updated_at")} AS at, u.display_name AS by FROM settings s LEFT JOIN app_users u ON u.id = s.updated_by WHERE s.key = $1::text`,
    [DUTIES_SETTING],
  );
  const held =
    scope.reviewerId === null
      ? await reader.rows<{ pair: string; people: number; others: number }>(
          `${HELD_NOW}
           SELECT k.pair, count(*) FILTER (WHERE p.id IS NOT NULL)::int AS people, count(*) FILTER (WHERE p.id IS NULL)::int AS others
           FROM (SELECT DISTINCT pair, subject_id FROM freeze_duty_holders) k LEFT JOIN people p ON p.id = k.subject_id GROUP BY k.pair`,
          [input(pairs)],
        )
      : null;
  const count = (id: string, what: "people" | "others") => (held === null ? null : (held.find(({ pair }) => pair === id)?.[what] ?? 0));
  return {
    pairs: pairs.map((pair) => ({ ...pair, people: count(pair.id, "people"), others: count(pair.id, "others") })),
    changedAt: changed?.at ?? null,
    changedBy: changed?.by ?? null,
  };
}

export type DutyHolder = { subjectId: string; kind: "person" | "identity"; name: string; of: number; sides: [string[], string[]] };
const SHOWN_HOLDERS = 200;

/** Who holds both sides of a pair now, and by what. */
export async function listDutyHolders(scope: CampaignScope, pairId: string): Promise<DutyHolder[]> {
  const pair = (await readToxicPairs(reader)).find(({ id }) => id === pairId);
  if (!pair || scope.reviewerId !== null) return [];
  return reader.rows<DutyHolder>(
    `${HELD_NOW},
     by_side AS (
       SELECT h.subject_id, array_agg(DISTINCT d.name COLLATE "C") FILTER (WHERE d.side = 0) AS one, array_agg(DISTINCT d.name COLLATE "C") FILTER (WHERE d.side = 1) AS other
       FROM freeze_duty_holders h JOIN freeze_duties d ON d.pair = h.pair AND d.target IS NOT DISTINCT FROM h.target
       JOIN grants g ON g.entitlement_id = d.entitlement_id AND g.ended_run_id IS NULL AND g.holder_kind = 'identity'
       JOIN identities i ON i.id = g.holder_id AND coalesce(i.person_id, i.id) = h.subject_id
       GROUP BY 1)
     SELECT b.subject_id AS "subjectId", CASE WHEN p.id IS NULL THEN 'identity' ELSE 'person' END AS kind, coalesce(p.name, i.name) AS name,
       (count(*) OVER ())::int AS of, jsonb_build_array(b.one, b.other) AS sides
     FROM by_side b LEFT JOIN people p ON p.id = b.subject_id LEFT JOIN identities i ON i.id = b.subject_id
     ORDER BY coalesce(p.name, i.name) COLLATE "C", b.subject_id LIMIT ${SHOWN_HOLDERS}`,
    [input([pair])],
  );
}
