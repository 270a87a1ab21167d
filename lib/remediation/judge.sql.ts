import "server-only";
import type { AnswerTerms } from "#lib/campaigns/answer-terms.ts";
import type { Tx } from "#lib/db/tx.ts";
import { type Met, metBy } from "./met.ts";
import { findHoldings, type Holding } from "./proof.sql.ts";
import { readSeen } from "./seen.sql.ts";
import type { RemediationKind } from "./types.ts";

type ToJudge = { id: string; kind: RemediationKind; terms: AnswerTerms | null; appliedAt: Date | null };
export type Judged<T extends ToJudge> = T & { met: Met; ways: Holding[] };

/** Whether what was decided is so by what is live now, and by which ways what was to go is held. */
export async function judgeTasks<T extends ToJudge>(tx: Tx, tasks: readonly T[]): Promise<Judged<T>[]> {
  const ids = tasks.map(({ id }) => id);
  const holdings = Map.groupBy(await findHoldings(tx, ids), ({ remediationId }) => remediationId);
  const facts = new Map((await readSeen(tx, ids)).map((each) => [each.id, each]));
  return tasks.flatMap((task) => {
    const known = facts.get(task.id);
    if (!known) return [];
    const ways = holdings.get(task.id) ?? [];
    const heldBy = ways.map(({ grantId, entitlementName, depth, expiresKind, expiresAt }) => ({
      grantId,
      name: entitlementName,
      depth,
      expires: { kind: expiresKind, at: expiresAt },
    }));
    const met = metBy({ ...task, about: known.about, decidedAt: known.decidedAt }, { ...known.seen, heldBy });
    return [{ ...task, ways, met }];
  });
}
