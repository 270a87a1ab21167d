import fc from "fast-check";
import { expect, it } from "vitest";
import { reader } from "#lib/db/transact.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { DEPENDENCES, type Dependence } from "./independence.ts";
import { groupMembers, POOL_COLUMNS, placeInRing } from "./reviewer-pools.sql.ts";
import { type LinkColumns, reviewerSql } from "./reviewers.sql.ts";
import { type Candidate, type Chain, isPool, type Link, POOLS, REVIEWER_CHAIN, resolveReviewer } from "./reviewers.ts";
import type { ReviewerRule } from "./types.ts";

ownTestDatabase();

const PEOPLE = Array.from({ length: 6 }, (_, at) => `00000000-0000-7000-8000-00000000000${at}`);
/** Who manages whom is a fact of the people, so that it is the same wherever somebody turns up. */
const MANAGER = new Map(PEOPLE.map((person, at) => [person, PEOPLE[(at + 1) % PEOPLE.length] ?? person]));
const anyone = fc.option(fc.constantFrom(...PEOPLE), { nil: null });
const standing = fc.constantFrom(null, null, "left" as const, "disabled" as const);
const candidateOf = (personId: string | null, why: Candidate["standing"]): Candidate =>
  personId === null
    ? { personId: null, name: null, managerId: null, standing: null }
    : { personId, name: `n${personId.at(-1)}`, managerId: MANAGER.get(personId) ?? null, standing: why };
const candidate = fc.tuple(anyone, standing).map(([person, why]) => candidateOf(person, why));
const member = fc.tuple(fc.constantFrom(...PEOPLE), standing).map(([person, why]) => candidateOf(person, why));
const ALL = [...REVIEWER_CHAIN, "reviewers_manager"] as const;
const links = ALL.filter((rule): rule is Link => !isPool(rule));
const chain: fc.Arbitrary<Chain> = fc
  .record({ fixed: fc.tuple(...links.map(() => candidate)), pools: fc.tuple(...POOLS.map(() => fc.array(member, { maxLength: 3 }))) })
  .map(
    ({ fixed, pools }) =>
      Object.fromEntries([...links.map((rule, at) => [rule, fixed[at]]), ...POOLS.map((pool, at) => [pool, pools[at]])]) as Chain,
  );
/** Who each reason holds for; "own_manager" follows from who is the subject. */
const REASONS = DEPENDENCES.filter((reason) => reason !== "own_manager");
const subject = fc.record(
  Object.fromEntries([...REASONS, "heldBy"].map((reason) => [reason, fc.subarray(PEOPLE, { maxLength: 2 })])) as Record<
    (typeof REASONS)[number] | "heldBy",
    fc.Arbitrary<string[]>
  >,
);
const asking = fc.record({ links: fc.shuffledSubarray([...ALL], { minLength: 1 }), ownerAnswers: fc.boolean() });
type Case = { chain: Chain; subject: Record<string, string[]> };

const inPure = (one: Case, how: { links: readonly ReviewerRule[]; ownerAnswers: boolean }) => {
  const holds = (reason: Dependence, person: string) =>
    reason === "own_manager" ? one.subject.self?.includes(MANAGER.get(person) ?? "") : one.subject[reason]?.includes(person);
  const dependencesOf = (person: string) => DEPENDENCES.filter((reason) => holds(reason, person));
  return resolveReviewer(one.chain, { dependencesOf, heldBy: one.subject.heldBy ?? [] }, how);
};

async function inSql(cases: readonly Case[], how: { links: readonly ReviewerRule[]; ownerAnswers: boolean }) {
  const link = (rule: string): LinkColumns => ({
    personId: `(c.chain #>> '{${rule},personId}')::uuid`,
    name: `(c.chain #>> '{${rule},name}')`,
    managerId: `(c.chain #>> '{${rule},managerId}')::uuid`,
    standing: `(c.chain #>> '{${rule},standing}')`,
  });
  const ids = (reason: string) => `ARRAY(SELECT jsonb_array_elements_text(c.subject -> '${reason}')::uuid)`;
  const is = (reason: string) => (person: string) => `${person} = ANY (${ids(reason)})`;
  const access = {
    self: is("self"),
    granted_it: is("granted_it"),
    owns_identity: is("owns_identity"),
    can_use_identity: is("can_use_identity"),
    mutual_pair: is("mutual_pair"),
    loop: is("loop"),
    heldBy: ids("heldBy"),
  };
  const sql = reviewerSql({
    ...how,
    access,
    chain: Object.fromEntries(links.map((rule) => [rule, link(rule)])) as Record<Link, LinkColumns>,
    pools: POOL_COLUMNS,
  });
  const from = `(SELECT rule, (k.place - 1)::int AS place, jsonb_array_length(c.chain -> rule) AS members, (one ->> 'personId')::uuid AS id, one ->> 'name' AS name,
    (one ->> 'managerId')::uuid AS manager_id, one ->> 'standing' AS standing
    FROM unnest(ARRAY['named', 'group', 'security']) AS rule, jsonb_array_elements(c.chain -> rule) WITH ORDINALITY AS k (one, place))`;
  return reader.rows(
    `WITH c AS MATERIALIZED (
       SELECT at, one -> 'chain' AS chain, one -> 'subject' AS subject FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS given(one, at))
     SELECT ${sql.personId("p.pick")} AS "personId", ${sql.rule("p.pick")} AS rule, ${sql.passedOver("p.pick")} AS "passedOver"
     FROM c ${groupMembers(how.links, { from, place: "0", access })} CROSS JOIN LATERAL (SELECT ${sql.pick} AS pick OFFSET 0) p ORDER BY c.at`,
    [JSON.stringify(cases)],
  );
}

it("finds in SQL whom the rule finds, for any chain and subject, and passes over the same for the same reasons", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.record({ chain, subject }), { minLength: 1, maxLength: 100 }), asking, async (cases, how) => {
      expect(await inSql(cases, how)).toEqual(cases.map((one) => inPure(one, how)));
    }),
    { numRuns: 60 },
  );
});

it("never finds the subject, whatever the chain", () => {
  fc.assert(
    fc.property(chain, subject, asking, (given, whose, how) => {
      const { personId } = inPure({ chain: given, subject: whose }, how);
      expect(personId === null || !whose.self.includes(personId)).toBe(true);
    }),
  );
});

it("begins in a ring of members where anybody computes it from the subject's id", async () => {
  const [row] = await reader.rows(`SELECT ${placeInRing("'00000000-0000-7000-8000-000000000001'")} AS place`);
  const { createHash } = await import("node:crypto");
  const hex = createHash("md5").update("00000000-0000-7000-8000-000000000001").digest("hex").slice(0, 7);
  expect(row).toEqual({ place: Number.parseInt(hex, 16) });
});
