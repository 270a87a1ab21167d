import type { RiskClass } from "#lib/policy/risk.ts";
import type { Strategy } from "./plan.ts";
import type { Outcome } from "./types.ts";

/** Answers that take access away altogether: never overwritten, and at high and critical risk one of them decides. */
export const REMOVALS = ["revoke", "retire"] as const;
const SAME: Readonly<Record<string, Outcome>> = {
  keep: "KEEP",
  revoke: "REVOKE",
  reduce: "REDUCE",
  time_limit: "TIME_LIMIT",
  abstain: "ABSTAIN",
  exception_requested: "EXCEPTION_REQUESTED",
};

/** What an answer makes of an item. What fits machines is one outcome: the answer says which. */
export const outcomeOfAnswer = (answer: string): Outcome => SAME[answer] ?? "MACHINE_ACTION";
export const outcomeOfAnswerSql = (answer: string): string =>
  `CASE WHEN ${answer} IN (${Object.keys(SAME)
    .map((each) => `'${each}'`)
    .join(", ")}) THEN upper(${answer}) WHEN ${answer} IS NOT NULL THEN 'MACHINE_ACTION' END`;

const isRemoval = (answer: string | null): boolean => REMOVALS.some((each) => each === answer);
export const isGrave = (riskClass: RiskClass): boolean => riskClass === "high" || riskClass === "critical";

/** The item is not asked about again: no later round could make anything else of it. */
export const isDecisive = (strategy: Strategy, riskClass: RiskClass, answer: string | null): boolean =>
  isRemoval(answer) && (isGrave(riskClass) || strategy !== "last_round");

/**
 * Which round's answer becomes the outcome, from 1; null: silence decides. One answer per round, null where nobody answered or whoever did
 * abstained. A keep counts only from the last round, whose reviewer is independent; a removal stands until somebody later says otherwise.
 */
export function decidingRound(strategy: Strategy, riskClass: RiskClass, answers: readonly (string | null)[]): number | null {
  const decisive = answers.findIndex((answer) => isDecisive(strategy, riskClass, answer));
  if (decisive >= 0) return decisive + 1;
  const found = (at: number) => (at >= 0 ? at + 1 : null);
  if (strategy === "all_must_keep") {
    const other = answers.findLastIndex((answer) => answer !== null && answer !== "keep");
    if (other >= 0) return other + 1;
    return answers.every((answer) => answer === "keep") ? answers.length : null;
  }
  if (answers.at(-1) !== null) return answers.length;
  return found(answers.findLastIndex(isRemoval));
}

/**
 * decidingRound as a subquery: round, answer and decision_id of the deciding one, of rows `from` (round, answer, decision_id) that hold each
 * round's answer. `riskClass` is an expression.
 */
export function decidingSql(strategy: Strategy, rounds: number, riskClass: string, from: string): string {
  const removal = `k.answer IN (${REMOVALS.map((each) => `'${each}'`).join(", ")})`;
  const decisive = strategy === "last_round" ? `${removal} AND ${riskClass} IN ('high', 'critical')` : removal;
  const last = `k.round = ${rounds}`;
  const [second, third] =
    strategy === "all_must_keep"
      ? [`k.answer <> 'keep'`, `${last} AND (SELECT count(*) FROM ${from} n WHERE n.answer = 'keep') = ${rounds}`]
      : [last, removal];
  return `(SELECT k.round, k.answer, k.decision_id
    FROM (SELECT k.*, CASE WHEN ${decisive} THEN 1 WHEN ${second} THEN 2 WHEN ${third} THEN 3 END AS rank FROM ${from} k) k
    WHERE k.rank IS NOT NULL ORDER BY k.rank, CASE k.rank WHEN 1 THEN k.round ELSE -k.round END LIMIT 1)`;
}
