import "server-only";
import type { z } from "zod";
import { canonicalDigest } from "#lib/audit/canonical.ts";
import { recordAudit } from "#lib/audit/record.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { invalid, notFound, precondition } from "#lib/errors/domain-error.ts";
import { DUTIES_SETTING, lockToxicPairs, requirePatterns, writeToxicPairs } from "../duties.sql.ts";
import { addToxicPairInput, endToxicPairInput, MAX_PAIRS, setToxicPairsInput, type ToxicPair } from "../duties.ts";

export type SetToxicPairsInput = z.input<typeof setToxicPairsInput>;
export type AddToxicPairInput = z.input<typeof addToxicPairInput>;
export type EndToxicPairInput = z.input<typeof endToxicPairInput>;

const named = (pairs: readonly ToxicPair[]): string => (pairs.length === 0 ? "none" : pairs.map(({ id }) => id).join(", "));
const digestOf = (pair: ToxicPair): string => Buffer.from(canonicalDigest(pair)).toString("hex");
const subjectOf = (id: string) => ({ kind: "toxic_pair", id, label: id });

/** Which duties may not come together, from the next freeze on: all of them at once, as a file has them. */
export async function setToxicPairs(ctx: Ctx, input: SetToxicPairsInput): Promise<{ pairs: number }> {
  authorize(ctx.actor, "settings.manage");
  const { pairs, reason } = setToxicPairsInput.parse(input);
  return transactPg(ctx, async (tx) => {
    const before = await lockToxicPairs(tx);
    await requirePatterns(tx, pairs);
    await writeToxicPairs(tx, ctx, pairs);
    await recordAudit(tx, ctx, {
      type: "setting.changed",
      subject: { kind: "setting", id: DUTIES_SETTING, label: DUTIES_SETTING },
      data: { key: DUTIES_SETTING, before: named(before), after: named(pairs) },
      reason,
    });
    return { pairs: pairs.length };
  });
}

export async function addToxicPair(ctx: Ctx, input: AddToxicPairInput): Promise<void> {
  authorize(ctx.actor, "settings.manage");
  const { pair, reason } = addToxicPairInput.parse(input);
  await transactPg(ctx, async (tx) => {
    const before = await lockToxicPairs(tx);
    if (before.some(({ id }) => id === pair.id)) throw invalid("There is a pair of this name.", { "pair.id": "Choose another name." });
    if (before.length >= MAX_PAIRS) throw precondition(`At most ${MAX_PAIRS} pairs: end one first.`);
    await requirePatterns(tx, [pair]);
    await writeToxicPairs(tx, ctx, [...before, pair]);
    await recordAudit(tx, ctx, { type: "toxic_pair.added", subject: subjectOf(pair.id), data: { digest: digestOf(pair) }, reason });
  });
}

/** Nobody is asked about it any more, from the next freeze on. What was frozen with it stays as it is. */
export async function endToxicPair(ctx: Ctx, input: EndToxicPairInput): Promise<void> {
  authorize(ctx.actor, "settings.manage");
  const { pairId, reason } = endToxicPairInput.parse(input);
  await transactPg(ctx, async (tx) => {
    const before = await lockToxicPairs(tx);
    const ended = before.find(({ id }) => id === pairId);
    if (!ended) throw notFound("Pair", pairId);
    await writeToxicPairs(
      tx,
      ctx,
      before.filter(({ id }) => id !== pairId),
    );
    await recordAudit(tx, ctx, { type: "toxic_pair.ended", subject: subjectOf(pairId), data: { digest: digestOf(ended) }, reason });
  });
}
