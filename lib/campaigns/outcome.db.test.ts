import { expect, it } from "vitest";
import { reader } from "#lib/db/transact.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { decidingRound, decidingSql, outcomeOfAnswer, outcomeOfAnswerSql } from "./outcome.ts";
import { STRATEGIES } from "./plan.ts";

ownTestDatabase();

const ANSWERS = ["keep", "revoke", "reduce", "retire", "exception_requested", null];
const RISKS = ["low", "ordinary", "high", "critical"] as const;

/** Every way in which so many rounds can have been answered. */
const everyWay = (rounds: number): (string | null)[][] =>
  rounds === 0 ? [[]] : everyWay(rounds - 1).flatMap((before) => ANSWERS.map((answer) => [...before, answer]));

it.each(STRATEGIES.flatMap((strategy) => [1, 2, 3].map((rounds) => [strategy, rounds] as const)))(
  "decides in SQL as the rule does: %s over %s rounds, whatever was answered",
  async (strategy, rounds) => {
    const cases = RISKS.flatMap((riskClass) => everyWay(rounds).map((answers) => ({ riskClass, answers })));
    const answered = `(SELECT place::int AS round, answer, NULL::uuid AS decision_id FROM jsonb_array_elements_text(f -> 'answers') WITH ORDINALITY AS a (answer, place)
      WHERE answer IS NOT NULL)`;
    const found = await reader.rows<{ round: number | null; outcome: string | null }>(
      `SELECT d.round, ${outcomeOfAnswerSql("d.answer")} AS outcome FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS k (f, at)
       LEFT JOIN LATERAL ${decidingSql(strategy, rounds, "(f ->> 'riskClass')", answered)} d ON true ORDER BY k.at`,
      [JSON.stringify(cases)],
    );
    expect(found).toEqual(
      cases.map(({ riskClass, answers }) => {
        const round = decidingRound(strategy, riskClass, answers);
        return { round, outcome: round === null ? null : outcomeOfAnswer(answers[round - 1] ?? "") };
      }),
    );
  },
);
