import { DomainError } from "#lib/errors/domain-error.ts";
import type { Actor } from "./actor.ts";

/** The method of the fresh confirmation; refuses where there is none, however the command was reached. */
export function requireStepUp(actor: Actor): string {
  const { method, stepUp } = actor.authentication;
  if (stepUp) return stepUp.method;
  const sentence =
    method === "token"
      ? "This has to be confirmed by a person at the browser: a token cannot confirm again who sent it."
      : "Confirm that it is you. This step counts as a signature.";
  throw new DomainError("STEP_UP_REQUIRED", sentence);
}

/** As requireStepUp for everybody who signs in; the operator of this machine and jobs have nothing to confirm with, and the audit names them. */
export function requireConfirmation(actor: Actor): void {
  if (actor.kind === "user") requireStepUp(actor);
}
