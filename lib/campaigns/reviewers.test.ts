import { expect, it } from "vitest";
import { type Candidate, type Chain, resolveReviewer, type Subject } from "./reviewers.ts";

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
  fallback: nobody,
};
const sam: Subject = { personId: "sam", granterId: null, heldBy: [] };

it.each<[string, Partial<Chain>, Partial<Subject>, string | null, string[]]>([
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
    { resource_owner: person("rob", { managerId: "sam" }), fallback: person("fay") },
    {},
    "fay by fallback",
    ["manager nobody", "resource_owner own_manager", "identity_owner nobody"],
  ],
  [
    "who granted it does not review it",
    { manager: person("mia"), fallback: person("fay") },
    { granterId: "mia" },
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
    "an identity's owner answers where nobody else does",
    { identity_owner: person("oli") },
    { personId: null },
    "oli by identity_owner",
    ["manager nobody", "resource_owner nobody"],
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
])("%s", (_name, chain, subject, found, passed) => {
  const answer = resolveReviewer({ ...empty, ...chain }, { ...sam, ...subject });
  expect(answer.personId === null ? null : `${answer.personId} by ${answer.rule}`).toBe(found);
  expect(answer.passedOver.map(({ rule, why }) => `${rule} ${why}`)).toEqual(passed);
});
