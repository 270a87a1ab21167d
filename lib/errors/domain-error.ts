/** The whole list; add one only with its HTTP status (http.ts) and its sentence. */
export type ErrorCode =
  | "INVALID"
  | "UNAUTHENTICATED"
  | "FORBIDDEN"
  | "STEP_UP_REQUIRED"
  | "NOT_FOUND"
  | "CONFLICT"
  | "PRECONDITION"
  | "IDEMPOTENCY_CONFLICT"
  | "TOO_LARGE"
  | "RATE_LIMITED"
  | "INTERNAL"
  | "UPSTREAM"
  | "UNAVAILABLE";

/** Per-field sentences, keyed by the path of the input ("scope.sourceIds"). */
export type FieldErrors = Record<string, string>;

/** What stops a command. The message is shown to people: it says what happened and what to do next, and holds no secret. */
export class DomainError extends Error {
  readonly code: ErrorCode;
  readonly fields: FieldErrors | undefined;
  /** Machine-readable extras: reasons of a rule, the step-up action asked for, seconds to wait. */
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { fields?: FieldErrors; details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = "DomainError";
    this.code = code;
    this.fields = options.fields;
    this.details = options.details;
  }
}

export const invalid = (message: string, fields?: FieldErrors) => new DomainError("INVALID", message, fields ? { fields } : {});
export const notFound = (kind: string, id: string) => new DomainError("NOT_FOUND", `${kind} ${id} was not found, or you may not see it.`);
export const conflict = (message: string) => new DomainError("CONFLICT", message);
export const precondition = (message: string, details?: Record<string, unknown>) =>
  new DomainError("PRECONDITION", message, details ? { details } : {});
export const forbidden = (permission: string) =>
  new DomainError("FORBIDDEN", `This needs the permission ${permission}.`, { details: { permission } });
