import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import type { GivenTerms } from "./answer-terms.ts";
import type { TermFacts } from "./terms.ts";

/** What resolveTerms needs to know of an item: only asked for an answer that has terms, which is rare. */
export async function readTermFacts(tx: Tx, campaignId: string, itemId: string, given: GivenTerms): Promise<TermFacts | null> {
  const people = given.answer === "re_own" ? [given.ownerId, given.backupOwnerId] : [];
  const [row] = await tx.rows<TermFacts>(
    `SELECT i.kind,
       (SELECT jsonb_build_object('kind', 'trust', 'subjectPattern', t.subject_pattern) FROM trusts t WHERE t.id = i.subject_id
        UNION ALL SELECT jsonb_build_object('kind', 'credential', 'subjectPattern', NULL) FROM credentials k WHERE k.id = i.subject_id) AS way,
       CASE WHEN i.kind <> 'grant' THEN '[]'::jsonb ELSE (
         SELECT coalesce(jsonb_agg(jsonb_build_object('id', e.id, 'name', e.name) ORDER BY w.depth, e.name COLLATE "C", e.id), '[]')
         FROM (SELECT i.entitlement_id AS id, 0 AS depth UNION ALL SELECT c.reached_id, c.depth FROM entitlement_closure c WHERE c.holder_id = i.entitlement_id) w
         JOIN entitlements e ON e.id = w.id) END AS gives,
       (SELECT count(*)::int FROM credentials k WHERE k.identity_id = i.identity_id AND k.gone_at IS NULL) AS credentials,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'name', p.name)), '[]') FROM people p
        WHERE p.id = ANY ($3::uuid[]) AND p.status <> 'left' AND p.gone_at IS NULL AND coalesce(p.ended_on >= current_date, true)) AS people
     FROM items i WHERE i.campaign_id = $1::uuid AND i.id = $2::uuid`,
    [campaignId, itemId, people],
  );
  return row ?? null;
}
