import { expect, it } from "vitest";
import { type Delegation, type DelegationRefusal, delegationRefusals, isInForce } from "./delegation.ts";

const day = (of: number) => new Date(Date.UTC(2026, 10, of));
const out = (from: number, until: number, more: Partial<Delegation> = {}): Delegation => ({
  personId: "mia",
  toPersonId: "rob",
  startsAt: day(from),
  endsAt: day(until),
  revokedAt: null,
  ...more,
});

it.each<[string, Delegation, number, boolean]>([
  ["before it starts", out(5, 9), 4, false],
  ["from its start", out(5, 9), 5, true],
  ["not at its end", out(5, 9), 9, false],
  ["not once it was taken back", out(5, 9, { revokedAt: day(6) }), 6, false],
])("stands in %s", (_name, delegation, now, expected) => {
  expect(isInForce(delegation, day(now))).toBe(expected);
});

it.each<[string, Delegation, Delegation[], DelegationRefusal[]]>([
  ["two people, a week", out(5, 12), [], []],
  ["after another one", out(5, 12), [out(1, 5)], []],
  ["while another was taken back", out(5, 12), [out(4, 8, { revokedAt: day(2) })], []],
  ["to oneself", out(5, 12, { toPersonId: "mia" }), [], ["same_person"]],
  ["backwards", out(12, 5), [], ["ends_before_it_starts"]],
  ["that is over", out(1, 2), [], ["is_over"]],
  ["for more than half a year", out(5, 400), [], ["too_long"]],
  ["over another", out(5, 12), [out(11, 20)], ["overlaps"]],
])("takes or refuses one %s", (_name, asked, others, expected) => {
  expect(delegationRefusals(asked, others, day(3))).toEqual(expected);
});
