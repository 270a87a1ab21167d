import fc from "fast-check";
import { expect, it } from "vitest";
import { type Access, type AccessGraph, barCircles, type Dependence, dependencesOf } from "./independence.ts";

/** Mia manages sam, boss manages mia; oli and bo answer for the robot, una can act as it; sam is behind "sam" and "sam-admin". */
const company: AccessGraph = {
  managerOf: new Map([
    ["sam", "mia"],
    ["mia", "boss"],
  ]),
  personsOf: new Map([
    ["sam", ["sam"]],
    ["sam-admin", ["sam"]],
    ["boss", ["boss"]],
  ]),
  ownersOf: new Map([["robot", ["oli", "bo"]]]),
  usersOf: new Map([["robot", ["una"]]]),
  reviews: new Map(),
};
const of = (identityId: string, more: Partial<Access> = {}): Access => ({ identityId, frozenPersonId: null, granterIds: [], ...more });
const reviewing = (...pairs: [string, string][]): Partial<AccessGraph> => {
  const reviews = new Map<string, Set<string>>();
  for (const [reviewer, subject] of pairs) reviews.set(reviewer, (reviews.get(reviewer) ?? new Set()).add(subject));
  return { reviews };
};

it.each<[string, Partial<AccessGraph>, Access, string, Dependence[]]>([
  ["one's own identity", {}, of("sam"), "sam", ["self"]],
  ["another identity of the same person", {}, of("sam-admin"), "sam", ["self"]],
  ["whose it was at the freeze", {}, of("nobody's", { frozenPersonId: "sam" }), "sam", ["self"]],
  ["somebody else's identity", {}, of("sam"), "rob", []],
  ["one's own manager's access", {}, of("boss"), "mia", ["own_manager"]],
  ["one's manager's manager's access", {}, of("boss"), "sam", []],
  ["what they granted", {}, of("sam", { granterIds: ["rob"] }), "rob", ["granted_it"]],
  ["what somebody else granted", {}, of("sam", { granterIds: ["ann"] }), "rob", []],
  ["a machine that they answer for", {}, of("robot"), "oli", ["owns_identity"]],
  ["a machine that they answer for as the second", {}, of("robot"), "bo", ["owns_identity"]],
  ["a machine of somebody else", {}, of("robot"), "rob", []],
  ["a machine that they can act as", {}, of("robot"), "una", ["can_use_identity"]],
  ["another machine", {}, of("other"), "una", []],
  ["who reviews them", reviewing(["sam", "rob"]), of("sam"), "rob", ["mutual_pair"]],
  ["who reviews somebody else", reviewing(["sam", "ann"]), of("sam"), "rob", []],
  ["their report, who reviews them as an owner: line management is no trade", reviewing(["sam", "mia"]), of("sam"), "mia", []],
  ["whoever reviews somebody who reviews them", reviewing(["sam", "ann"], ["ann", "rob"]), of("sam"), "rob", ["loop"]],
  ["the same over four people", reviewing(["sam", "ann"], ["ann", "ben"], ["ben", "rob"]), of("sam"), "rob", ["loop"]],
  ["a chain of reviews that ends elsewhere", reviewing(["sam", "ann"], ["ann", "ben"]), of("sam"), "rob", []],
  ["a chain that goes through line management", reviewing(["sam", "ann"], ["mia", "sam"]), of("ann"), "sam", []],
  [
    "several reasons at once, in order",
    reviewing(["sam", "oli"]),
    of("robot", { frozenPersonId: "sam", granterIds: ["oli"] }),
    "oli",
    ["granted_it", "owns_identity", "mutual_pair"],
  ],
])("tells of %s", (_name, graph, access, personId, expected) => {
  expect(dependencesOf({ ...company, ...graph }, access, personId)).toEqual(expected);
});

it("bars of pairs found at once exactly what leaves no circle, and nothing where there is none", () => {
  const anyone = fc.constantFrom("a", "b", "c", "d", "e");
  const pair = fc.record({ reviewerId: anyone, subjectId: anyone }).filter(({ reviewerId, subjectId }) => reviewerId !== subjectId);
  fc.assert(
    fc.property(fc.uniqueArray(pair, { selector: ({ reviewerId, subjectId }) => `${reviewerId}${subjectId}`, maxLength: 12 }), (pairs) => {
      const barred = barCircles(pairs);
      const kept = pairs.filter((one) => !barred.some((out) => out.reviewerId === one.reviewerId && out.subjectId === one.subjectId));
      expect(barCircles(kept)).toEqual([]);
      expect(isAcyclic(kept)).toBe(true);
      if (isAcyclic(pairs)) expect(barred).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

function isAcyclic(pairs: readonly { reviewerId: string; subjectId: string }[]): boolean {
  let left = [...pairs];
  for (;;) {
    const next = left.filter(({ subjectId }) => left.some(({ reviewerId }) => reviewerId === subjectId));
    if (next.length === left.length) return left.length === 0;
    left = next;
  }
}
