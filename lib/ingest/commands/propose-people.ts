import "server-only";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { proposeMatches } from "#lib/inventory/matching.sql.ts";

/** After a run: proposes people, by their names, for identities that nothing exact was found for. Only someone's confirmation makes a match. */
export async function proposePeople(ctx: Ctx, { sourceId, runId }: { sourceId: string; runId: string }): Promise<{ proposed: number }> {
  authorize(ctx.actor, "source.sync");
  return transactPg(ctx, async (tx, inner) => {
    const [source] = await tx.rows<{ isPeopleSource: boolean }>(
      'SELECT is_people_source AS "isPeopleSource" FROM sources WHERE id = $1::uuid',
      [sourceId],
    );
    const proposed = await proposeMatches(tx, source?.isPeopleSource ? null : sourceId, ctx.now);
    if (proposed > 0) {
      const [made] = await tx.rows<{ digest: string }>(
        `SELECT encode(sha256(convert_to(string_agg(identity_id || ' ' || person_id || ' ' || score, E'\\n' ORDER BY identity_id, person_id), 'UTF8')), 'hex') AS digest
         FROM identity_person_matches WHERE state = 'proposed' AND created_at = $1::timestamptz`,
        [ctx.now.toISOString()],
      );
      await recordAudit(tx, inner, {
        type: "identities.matched",
        subject: { kind: "sync_run", id: runId, label: runId },
        data: { runId, exact: 0, mail: 0, proposed, digest: made?.digest ?? "" },
      });
    }
    return { proposed };
  });
}
