import type { ErrorCode } from "#lib/errors/domain-error.ts";

/** What every server action answers. The message is for people and says what happened and what to do. */
export type ActionResult<Data = unknown> =
  | { ok: true; data: Data }
  | {
      ok: false;
      code: ErrorCode;
      message: string;
      fields?: Record<string, string> | undefined;
      details?: Readonly<Record<string, unknown>> | undefined;
    };

export type ActionFailure = Extract<ActionResult, { ok: false }>;

export const UNREACHABLE: ActionFailure = {
  ok: false,
  code: "UNAVAILABLE",
  message: "Countersign could not be reached, so nothing is known to have changed. Check the connection and try again.",
};
