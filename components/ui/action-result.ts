import type { ActionResult } from "#lib/actions/types.ts";

export type ActionFailure = Extract<ActionResult, { ok: false }>;

/** Stands for the answer that did not come. */
export const UNREACHABLE: ActionFailure = {
  ok: false,
  code: "UNAVAILABLE",
  message: "Countersign could not be reached, so nothing is known to have changed. Check the connection and try again.",
};
