import { DomainError } from "#lib/errors/domain-error.ts";
import type { Actor } from "./actor.ts";

/** The method of the fresh confirmation; refuses where there is none, however the command was reached. */
export function requireStepUp(actor: Actor): string {
  if (!actor.authentication.stepUp) throw new DomainError("STEP_UP_REQUIRED", "Confirm that it is you. This step counts as a signature.");
  return actor.authentication.stepUp.method;
}
