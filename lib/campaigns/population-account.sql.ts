import "server-only";
import { reader } from "#lib/db/transact.ts";
import type { PopulationAccount, PopulationDifference } from "./campaign-types.ts";
import type { ExclusionCause } from "./plan-types.ts";
import { summed } from "./previous.sql.ts";

type ManifestPart = {
  excluded: { cause: ExclusionCause; grants: number; set_by?: string | null }[] | null;
  comparison: {
    campaign_id: string;
    name: string;
    sources: { added: number; removed: number; changed: number; same: number; other_reviewer: number }[];
  } | null;
  tie: PopulationAccount["tieOuts"] | null;
  scopeSetBy: string | null;
};

/** What the signed manifest says of what was left out and by whom, of the campaign before, and of independent counts; null before the freeze. */
export async function readPopulationAccount(campaignId: string): Promise<PopulationAccount | null> {
  const [row] = await reader.rows<ManifestPart>(
    `SELECT m.told -> 'excluded' AS excluded, nullif(m.told -> 'comparison', 'null') AS comparison,
       (SELECT jsonb_agg(jsonb_build_object('sourceName', t ->> 'source_name', 'peopleSourceName', t ->> 'people_source_name', 'peopleInOffice', t -> 'people_in_office',
         'withoutIdentity', t -> 'people_without_identity', 'identities', t -> 'identities_of_people', 'ofPeopleWhoLeft', t -> 'of_people_who_left',
         'unmatched', t -> 'of_nobody_known')) FROM jsonb_array_elements(m.told #> '{tie_out,sources}') t) AS tie,
       (SELECT display_name FROM app_users WHERE id::text = m.told #>> '{campaign,scope_set_by}') AS "scopeSetBy"
     FROM populations p CROSS JOIN LATERAL (SELECT p.manifest::jsonb AS told) m WHERE p.campaign_id = $1::uuid`,
    [campaignId],
  );
  if (!row) return null;
  const { comparison } = row;
  return {
    excluded: (row.excluded ?? []).map(({ cause, grants }) => ({ cause, grants })),
    scopeSetBy: row.scopeSetBy,
    previous: comparison && {
      campaignId: comparison.campaign_id,
      name: comparison.name,
      difference: summed(
        comparison.sources.map(({ other_reviewer, ...counts }): PopulationDifference => ({ ...counts, otherReviewer: other_reviewer })),
      ),
    },
    tieOuts: row.tie ?? [],
  };
}
