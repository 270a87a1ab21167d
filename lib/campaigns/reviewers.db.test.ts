import fc from "fast-check";
import { expect, it } from "vitest";
import { reader } from "#lib/db/transact.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { type LinkColumns, reviewerSql } from "./reviewers.sql.ts";
import { type Candidate, type Chain, REVIEWER_CHAIN, resolveReviewer, type Subject } from "./reviewers.ts";
import type { ReviewerRule } from "./types.ts";

ownTestDatabase();

const PEOPLE = Array.from({ length: 6 }, (_, at) => `00000000-0000-7000-8000-00000000000${at}`);
const anyone = fc.option(fc.constantFrom(...PEOPLE), { nil: null });
const candidate: fc.Arbitrary<Candidate> = fc
  .record({ personId: anyone, managerId: anyone, standing: fc.constantFrom(null, null, "left" as const, "disabled" as const) })
  .map((given) =>
    given.personId === null
      ? { personId: null, name: null, managerId: null, standing: null }
      : { ...given, name: `n${given.personId.at(-1)}` },
  );
const chain = fc
  .tuple(...REVIEWER_CHAIN.map(() => candidate))
  .map((all) => Object.fromEntries(REVIEWER_CHAIN.map((rule, at) => [rule, all[at]])) as Chain);
const subject: fc.Arbitrary<Subject> = fc.record({ personId: anyone, granterId: anyone, heldBy: fc.subarray(PEOPLE, { maxLength: 3 }) });
type Case = { chain: Chain; subject: Subject };

async function inSql(cases: readonly Case[]) {
  const link = (rule: string): LinkColumns => ({
    personId: `(c.chain #>> '{${rule},personId}')::uuid`,
    name: `(c.chain #>> '{${rule},name}')`,
    managerId: `(c.chain #>> '{${rule},managerId}')::uuid`,
    standing: `(c.chain #>> '{${rule},standing}')`,
  });
  const sql = reviewerSql({
    subject: "c.subject",
    granter: "c.granter",
    heldBy: "c.held_by",
    chain: Object.fromEntries(REVIEWER_CHAIN.map((rule) => [rule, link(rule)])) as Record<ReviewerRule, LinkColumns>,
  });
  return reader.rows(
    `WITH c AS MATERIALIZED (
       SELECT at, one -> 'chain' AS chain, (one #>> '{subject,personId}')::uuid AS subject, (one #>> '{subject,granterId}')::uuid AS granter,
         ARRAY(SELECT jsonb_array_elements_text(one #> '{subject,heldBy}')::uuid) AS held_by
       FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS given(one, at))
     SELECT ${sql.personId("p.pick")} AS "personId", ${sql.rule("p.pick")} AS rule, ${sql.passedOver("p.pick")} AS "passedOver"
     FROM c CROSS JOIN LATERAL (SELECT ${sql.pick} AS pick OFFSET 0) p ORDER BY c.at`,
    [JSON.stringify(cases)],
  );
}

it("finds in SQL whom the rule finds, for any chain and subject, and passes over the same for the same reasons", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.record({ chain, subject }), { minLength: 1, maxLength: 150 }), async (cases) => {
      expect(await inSql(cases)).toEqual(cases.map((one) => resolveReviewer(one.chain, one.subject)));
    }),
    { numRuns: 60 },
  );
});

it("never finds the subject, whatever the chain", () => {
  fc.assert(
    fc.property(chain, subject, (given, whose) => {
      const { personId } = resolveReviewer(given, whose);
      expect(personId === null || personId !== whose.personId).toBe(true);
    }),
  );
});
