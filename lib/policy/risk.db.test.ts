import fc from "fast-check";
import { expect, it } from "vitest";
import { reader } from "#lib/db/transact.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { riskClassSql, riskSql } from "./risk.sql.ts";
import { DEFAULT_RISK_PARAMETERS, RISK_REASONS, type RiskFacts, type RiskParameters, type RiskReason, riskOf } from "./risk.ts";

ownTestDatabase();

const facts: fc.Arbitrary<RiskFacts> = fc.record({
  identityClass: fc.constantFrom("human", "service", "pipeline", "workload", "app", "shared", "break_glass", "unknown"),
  privileged: fc.constantFrom("yes", "no", "unknown"),
  environment: fc.constantFrom("dev", "test", "prod", "shared", "unknown"),
  sensitivity: fc.constantFrom("public", "internal", "confidential", "restricted", "unknown"),
  reachCount: fc.integer({ min: 0, max: 40 }),
  reachesProduction: fc.boolean(),
  reachesRestricted: fc.boolean(),
  interactive: fc.constantFrom("yes", "no", "unknown"),
  factors: fc.constantFrom("enrolled", "none", "unknown"),
});
const points = fc.tuple(...RISK_REASONS.map(() => fc.integer({ min: 0, max: 9 })));
const parameters: fc.Arbitrary<RiskParameters> = fc.record({
  points: points.map((values) => Object.fromEntries(RISK_REASONS.map((reason, at) => [reason, values[at]])) as Record<RiskReason, number>),
  manyReached: fc.integer({ min: 1, max: 30 }),
  from: fc.record({
    ordinary: fc.integer({ min: 1, max: 5 }),
    high: fc.integer({ min: 6, max: 12 }),
    critical: fc.integer({ min: 13, max: 30 }),
  }),
});

async function inSql(all: readonly RiskFacts[], given: RiskParameters) {
  const { points: sum, reasons } = riskSql(
    {
      identityClass: 'f."identityClass"',
      privileged: "f.privileged",
      environment: "f.environment",
      sensitivity: "f.sensitivity",
      reachCount: 'f."reachCount"',
      reachesProduction: 'f."reachesProduction"',
      reachesRestricted: 'f."reachesRestricted"',
      interactive: "f.interactive",
      factors: "f.factors",
    },
    given,
  );
  return reader.rows<{ riskClass: string; points: number; reasons: string[] }>(
    `SELECT ${riskClassSql(sum, given)} AS "riskClass", ${sum} AS points, ${reasons} AS reasons
     FROM jsonb_to_recordset($1::jsonb) AS f(at int, "identityClass" text, privileged text, environment text, sensitivity text, "reachCount" int,
       "reachesProduction" boolean, "reachesRestricted" boolean, interactive text, factors text) ORDER BY f.at`,
    [JSON.stringify(all.map((one, at) => ({ at, ...one })))],
  );
}

it("says in SQL what the rule says, for any facts under any parameters", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(facts, { minLength: 1, maxLength: 200 }),
      fc.oneof(fc.constant(DEFAULT_RISK_PARAMETERS), parameters),
      async (all, given) => {
        expect(await inSql(all, given)).toEqual(all.map((one) => riskOf(one, given)));
      },
    ),
    { numRuns: 60 },
  );
});
