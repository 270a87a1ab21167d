import "server-only";
import { z } from "zod";
import { recordAudit } from "#lib/audit/record.ts";
import { userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { readToxicPairs } from "../conflicts.sql.ts";
import { type ToxicPair, toxicPairs } from "../duties.ts";

export const setToxicPairsInput = z.strictObject({ pairs: toxicPairs });
export type SetToxicPairsInput = z.input<typeof setToxicPairsInput>;

const named = (pairs: readonly ToxicPair[]): string => (pairs.length === 0 ? "none" : pairs.map(({ id }) => id).join(", "));

/** Which duties may not come together, from the next freeze on. */
export async function setToxicPairs(ctx: Ctx, input: SetToxicPairsInput): Promise<void> {
  authorize(ctx.actor, "settings.manage");
  const { pairs } = setToxicPairsInput.parse(input);
  return transactPg(ctx, async (tx) => {
    const before = await readToxicPairs(tx);
    await tx.rows(
      `INSERT INTO settings (key, value, updated_at, updated_by) VALUES ('campaign.toxic_pairs', $1::jsonb, $2::timestamptz, $3::uuid)
       ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value, updated_at = EXCLUDED.updated_at, updated_by = EXCLUDED.updated_by`,
      [JSON.stringify(pairs), ctx.now, userIdOf(ctx.actor)],
    );
    await recordAudit(tx, ctx, {
      type: "setting.changed",
      subject: { kind: "setting", id: "campaign.toxic_pairs", label: "campaign.toxic_pairs" },
      data: { key: "campaign.toxic_pairs", before: named(before), after: named(pairs) },
    });
  });
}
