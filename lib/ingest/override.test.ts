import { expect, it } from "vitest";
import type { Actor } from "#lib/authz/actor.ts";
import { type OverrideRefusal, type OverrideRequest, overrideRefusals, overrideRefusalText } from "./override.ts";

const now = new Date("2026-11-20T08:00:00.000Z");
const request: OverrideRequest = {
  requestedBy: "u1",
  requestedPersonId: "p1",
  expiresAt: new Date("2026-11-21T08:00:00.000Z"),
  state: "pending",
};
const user = (userId: string, personId: string | null, stepUp = true): Actor => ({
  kind: "user",
  userId,
  personId,
  label: userId,
  roles: ["administrator"],
  signInId: "s",
  authentication: { method: "password", ...(stepUp ? { stepUp: { method: "password", at: now.toISOString() } } : {}) },
});
const system: Actor = { kind: "system", label: "job", authentication: { method: "none" } };
const held = { isHeld: true, isNewest: true };

it.each<[string, Partial<OverrideRequest>, Actor, { isHeld: boolean; isNewest: boolean }, OverrideRefusal[]]>([
  ["someone else confirms", {}, user("u2", "p2"), held, []],
  ["someone else whose person is not known", {}, user("u2", null), held, []],
  ["the requester", {}, user("u1", "p1"), held, ["requester"]],
  ["another user of the requester", {}, user("u2", "p1"), held, ["same_person"]],
  ["two users of unknown persons", { requestedPersonId: null }, user("u2", null), held, []],
  ["no fresh sign-in", {}, user("u2", "p2", false), held, ["no_step_up"]],
  ["a job", {}, system, held, ["no_user"]],
  ["a request decided before", { state: "confirmed" }, user("u2", "p2"), held, ["decided"]],
  ["a request withdrawn", { state: "withdrawn" }, user("u2", "p2"), held, ["decided"]],
  ["a request that expires now", { expiresAt: now }, user("u2", "p2"), held, ["expired"]],
  ["a run that is over", {}, user("u2", "p2"), { isHeld: false, isNewest: true }, ["not_held"]],
  ["a run that a newer one overtook", {}, user("u2", "p2"), { isHeld: true, isNewest: false }, ["stale"]],
  [
    "everything wrong",
    { state: "withdrawn", expiresAt: now },
    user("u1", "p1", false),
    { isHeld: false, isNewest: false },
    ["requester", "no_step_up", "decided", "expired", "not_held"],
  ],
])("%s", (_name, over, actor, run, expected) => {
  const refusals = overrideRefusals({ ...request, ...over }, actor, run, now);
  expect(refusals).toEqual(expected);
  for (const refusal of refusals) expect(overrideRefusalText(refusal)).toMatch(/\.$/);
});
