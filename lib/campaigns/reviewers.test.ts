import { expect, it } from "vitest";
import type { Dependence } from "./independence.ts";
import { type Candidate, type Chain, isPool, REVIEWER_CHAIN, resolveReviewer } from "./reviewers.ts";

const nobody: Candidate = { personId: null, name: null, managerId: null, standing: null };
const person = (personId: string, more: Partial<Candidate> = {}): Candidate => ({
  personId,
  name: personId,
  managerId: null,
  standing: null,
  ...more,
});
const empty: Chain = {
  manager: nobody,
  managers_manager: nobody,
  resource_owner: nobody,
  resource_owners_manager: nobody,
  identity_owner: nobody,
  identity_owners_manager: nobody,
  named: [],
  group: [],
  security: [],
  reviewers_manager: nobody,
  fallback: nobody,
};
type Facts = { dependences: Readonly<Record<string, Dependence[]>>; heldBy: string[]; ownerAnswers: boolean };
const plain: Facts = { dependences: { sam: ["self"] }, heldBy: [], ownerAnswers: false };
const links = REVIEWER_CHAIN.filter((link) => !isPool(link));

it.each<[string, Partial<Chain>, Partial<Facts>, string | null, string[]]>([
  ["the manager reviews", { manager: person("mia"), resource_owner: person("rob") }, {}, "mia by manager", []],
  ["without a manager the resource owner reviews", { resource_owner: person("rob") }, {}, "rob by resource_owner", ["manager nobody"]],
  [
    "a manager who left is passed over for the one above",
    { manager: person("mia", { standing: "left", managerId: "eve" }), managers_manager: person("eve") },
    {},
    "eve by managers_manager",
    ["manager left"],
  ],
  [
    "an owner's own access goes up the chain",
    { resource_owner: person("sam", { managerId: "eve" }), resource_owners_manager: person("eve") },
    {},
    "eve by resource_owners_manager",
    ["manager nobody", "resource_owner self"],
  ],
  [
    "nobody reviews their own manager",
    { resource_owner: person("rob"), fallback: person("fay") },
    { dependences: { rob: ["own_manager"] } },
    "fay by fallback",
    ["manager nobody", "resource_owner own_manager", "identity_owner nobody"],
  ],
  [
    "who granted it does not review it",
    { manager: person("mia"), fallback: person("fay") },
    { dependences: { mia: ["granted_it"] } },
    "fay by fallback",
    ["manager granted_it", "resource_owner nobody", "identity_owner nobody"],
  ],
  [
    "who had it before does not get it back",
    { manager: person("mia"), fallback: person("fay") },
    { heldBy: ["mia"] },
    "fay by fallback",
    ["manager held_before", "resource_owner nobody", "identity_owner nobody"],
  ],
  [
    "an identity's owner answers a round that somebody independent answers after",
    { identity_owner: person("oli") },
    { dependences: { oli: ["owns_identity", "can_use_identity"] }, ownerAnswers: true },
    "oli by identity_owner",
    ["manager nobody", "resource_owner nobody"],
  ],
  [
    "in the last round the owner is passed over for whoever stands above",
    { identity_owner: person("oli"), identity_owners_manager: person("eve") },
    { dependences: { oli: ["owns_identity"] } },
    "eve by identity_owners_manager",
    ["manager nobody", "resource_owner nobody", "identity_owner owns_identity"],
  ],
  [
    "an owner is excused of owning alone",
    { identity_owner: person("oli"), fallback: person("fay") },
    { dependences: { oli: ["granted_it", "owns_identity"] }, ownerAnswers: true },
    "fay by fallback",
    ["manager nobody", "resource_owner nobody", "identity_owner granted_it"],
  ],
  [
    "a fallback is never its own reviewer",
    { fallback: person("sam") },
    {},
    null,
    ["manager nobody", "resource_owner nobody", "identity_owner nobody", "fallback self"],
  ],
  [
    "a disabled fallback is nobody's reviewer",
    { fallback: person("fay", { standing: "disabled" }) },
    {},
    null,
    ["manager nobody", "resource_owner nobody", "identity_owner nobody", "fallback disabled"],
  ],
])("%s", (_name, chain, facts, found, passed) => {
  const { dependences, heldBy, ownerAnswers } = { ...plain, ...facts };
  const subject = { dependencesOf: (id: string) => dependences[id] ?? [], heldBy };
  const answer = resolveReviewer({ ...empty, ...chain }, subject, { links, ownerAnswers });
  expect(answer.personId === null ? null : `${answer.personId} by ${answer.rule}`).toBe(found);
  expect(answer.passedOver.map(({ rule, why }) => `${rule} ${why}`)).toEqual(passed);
});

it("asks named people in order and takes the first who may, and tells of a pool without any that nobody may", () => {
  const subject = { dependencesOf: (id: string): Dependence[] => (id === "ann" ? ["granted_it"] : []), heldBy: ["ben"] };
  const chain = { ...empty, named: [person("ann"), person("ben"), person("cat")], group: [person("ann")] };
  const answer = resolveReviewer(chain, subject, { links: ["group", "named"], ownerAnswers: false });
  expect(answer).toEqual({ personId: "cat", rule: "named", passedOver: [{ rule: "group", personId: null, name: null, why: "nobody" }] });
});
