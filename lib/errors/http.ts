import { randomUUID } from "node:crypto";
import { z } from "zod";
import { DomainError, type ErrorCode } from "./domain-error.ts";
import { type Outage, outageOf } from "./outage.ts";

const STATUS = {
  INVALID: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  STEP_UP_REQUIRED: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  PRECONDITION: 409,
  IDEMPOTENCY_CONFLICT: 409,
  TOO_LARGE: 413,
  RATE_LIMITED: 429,
  INTERNAL: 500,
  UPSTREAM: 502,
  UNAVAILABLE: 503,
} as const satisfies Record<ErrorCode, number>;

export const statusOf = (code: ErrorCode): number => STATUS[code];

/** A connection that breaks off may have taken the answer to a commit with it. */
const OUTAGE = {
  unreachable:
    "The database does not answer just now. What you sent may or may not have been made: send it again with the same Idempotency-Key, or look first.",
  full: "There is no space left to write to, so nothing was changed. Tell your administrator, and try again once there is.",
  busy: "The database has no connection or memory left just now, so nothing was changed. Try again in a moment.",
} as const satisfies Record<Outage, string>;

/** Any thrown value as one of our own errors. Unknown ones become INTERNAL with a reference to quote; their message stays in the log. */
export function toDomainError(error: unknown, log: (reference: string, error: unknown) => void = logUnknown): DomainError {
  if (error instanceof DomainError) return error;
  if (error instanceof z.ZodError) {
    const fields = Object.fromEntries(error.issues.map((issue) => [issue.path.join(".") || "input", issue.message]));
    return new DomainError("INVALID", "Some of what was sent is not valid. See the fields.", { fields });
  }
  const reference = randomUUID().slice(0, 8);
  log(reference, error);
  const outage = outageOf(error);
  if (outage) return new DomainError("UNAVAILABLE", OUTAGE[outage], { details: { reference, retryAfterSeconds: 1 }, cause: error });
  return new DomainError(
    "INTERNAL",
    `Something went wrong here and nothing was changed. Quote reference ${reference} to your administrator.`,
    {
      details: { reference },
      cause: error,
    },
  );
}

function logUnknown(reference: string, error: unknown): void {
  const detail = error instanceof Error ? { name: error.name, message: error.message, stack: error.stack } : { value: String(error) };
  console.error(JSON.stringify({ level: "error", reference, ...detail }));
}

/** RFC 9457 body and status of an error. */
export function toProblem(error: unknown): Response {
  const known = toDomainError(error);
  const status = statusOf(known.code);
  const body = {
    type: `urn:countersign:error:${known.code}`,
    title: known.code,
    status,
    detail: known.message,
    ...(known.fields ? { fields: known.fields } : {}),
    ...(known.details ?? {}),
  };
  const headers: Record<string, string> = { "content-type": "application/problem+json", "cache-control": "no-store" };
  const retryAfter = known.details?.retryAfterSeconds;
  if (typeof retryAfter === "number") headers["retry-after"] = String(retryAfter);
  return new Response(JSON.stringify(body), { status, headers });
}
