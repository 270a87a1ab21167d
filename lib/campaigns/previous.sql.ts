import "server-only";
import type { Tx } from "#lib/db/tx.ts";
import type { PopulationDifference } from "./campaign-types.ts";

export type Previous = { campaignId: string; name: string; frozenAt: Date; manifestDigest: string; items: number };
export type ComparedSource = PopulationDifference & { sourceId: string };

const NOTHING: PopulationDifference = { added: 0, removed: 0, changed: 0, same: 0, otherReviewer: 0 };

export type Like = { campaignId: string | null; templateId: string | null; name: string | null; sourceIds: readonly string[] };

/** The last frozen campaign of the same template; else of the same name, else over the same sources. Cancelled ones and follow-ups are none. */
export async function findPrevious(tx: Tx, like: Like): Promise<Previous | null> {
  const [row] = await tx.rows<Previous>(
    `SELECT c.id AS "campaignId", c.name, p.frozen_at AS "frozenAt", p.manifest_digest AS "manifestDigest", p.item_count::int AS items
     FROM campaigns c JOIN populations p ON p.campaign_id = c.id
     CROSS JOIN LATERAL (SELECT CASE WHEN c.template_id = $2::uuid THEN 1 WHEN c.name = $3::text THEN 2
       WHEN c.scope -> 'sourceIds' @> to_jsonb($4::text[]) AND c.scope -> 'sourceIds' <@ to_jsonb($4::text[]) THEN 3 END AS rank) r
     WHERE c.id IS DISTINCT FROM $1::uuid AND c.parent_id IS NULL AND c.state <> 'CANCELLED' AND r.rank IS NOT NULL
     ORDER BY r.rank, p.frozen_at DESC, c.id DESC LIMIT 1`,
    [like.campaignId, like.templateId, like.name, like.sourceIds],
  );
  return row ?? null;
}

/** By who holds what, so that a grant which the source wrote anew is the same access. `now` selects source_id, identity_id, entitlement_id, digest and reviewer_id; `values` are its parameters. */
export async function comparePopulations(
  tx: Tx,
  previousId: string,
  now: string,
  values: readonly unknown[] = [],
): Promise<ComparedSource[]> {
  return tx.rows<ComparedSource>(
    `WITH now AS MATERIALIZED (${now}),
     before AS (SELECT source_id, identity_id, entitlement_id, entitlement_digest AS digest, first_reviewer_id AS reviewer_id
       FROM items WHERE campaign_id = $${values.length + 1}::uuid AND kind = 'grant')
     SELECT coalesce(n.source_id, b.source_id) AS "sourceId", count(*) FILTER (WHERE b.identity_id IS NULL)::int AS added,
       count(*) FILTER (WHERE n.identity_id IS NULL)::int AS removed,
       count(*) FILTER (WHERE n.identity_id IS NOT NULL AND b.identity_id IS NOT NULL AND n.digest IS DISTINCT FROM b.digest)::int AS changed,
       count(*) FILTER (WHERE n.identity_id IS NOT NULL AND b.identity_id IS NOT NULL AND n.digest IS NOT DISTINCT FROM b.digest)::int AS same,
       count(*) FILTER (WHERE n.identity_id IS NOT NULL AND b.identity_id IS NOT NULL AND n.reviewer_id IS DISTINCT FROM b.reviewer_id)::int AS "otherReviewer"
     FROM now n FULL JOIN before b ON b.identity_id = n.identity_id AND b.entitlement_id = n.entitlement_id
     GROUP BY 1 ORDER BY 1`,
    [...values, previousId],
  );
}

export const summed = (sources: readonly PopulationDifference[]): PopulationDifference =>
  sources.reduce(
    (sum, one) => ({
      added: sum.added + one.added,
      removed: sum.removed + one.removed,
      changed: sum.changed + one.changed,
      same: sum.same + one.same,
      otherReviewer: sum.otherReviewer + one.otherReviewer,
    }),
    NOTHING,
  );
