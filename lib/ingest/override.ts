import type { Actor } from "#lib/authz/actor.ts";

export type OverrideRefusal = "no_user" | "requester" | "same_person" | "no_step_up" | "decided" | "expired" | "not_held" | "stale";

export type OverrideRequest = {
  requestedBy: string;
  requestedPersonId: string | null;
  expiresAt: Date;
  state: "pending" | "confirmed" | "withdrawn";
};

/**
 * Every reason why this actor may not confirm the override, in the order shown; empty means go. The second one is someone else by person:
 * two sign-ins of one person are one, and a user whose person is not known counts as a person of their own.
 */
export function overrideRefusals(
  request: OverrideRequest,
  actor: Actor,
  run: { isHeld: boolean; isNewest: boolean },
  now: Date,
): OverrideRefusal[] {
  const refusals: OverrideRefusal[] = [];
  if (actor.kind !== "user") refusals.push("no_user");
  else {
    if (actor.userId === request.requestedBy) refusals.push("requester");
    else if (actor.personId !== null && actor.personId === request.requestedPersonId) refusals.push("same_person");
    if (!actor.authentication.stepUp) refusals.push("no_step_up");
  }
  if (request.state !== "pending") refusals.push("decided");
  if (request.expiresAt <= now) refusals.push("expired");
  if (!run.isHeld) refusals.push("not_held");
  else if (!run.isNewest) refusals.push("stale");
  return refusals;
}

export function overrideRefusalText(refusal: OverrideRefusal): string {
  switch (refusal) {
    case "no_user":
      return "A gate override is confirmed by a person who is signed in.";
    case "requester":
      return "You asked for this override: someone else has to confirm it.";
    case "same_person":
      return "You asked for this override with another of your users: another person has to confirm it.";
    case "no_step_up":
      return "Confirm with a fresh sign-in.";
    case "decided":
      return "This request was decided already.";
    case "expired":
      return "This request has expired. Ask again.";
    case "not_held":
      return "The run is not held any more.";
    case "stale":
      return "A newer run of this source was applied since. Sync again instead.";
  }
}
