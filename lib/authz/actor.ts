import type { Role } from "./permissions.ts";

/** How the actor showed who they are. A password is never called MFA. */
export type Authentication = {
  method: "password" | "oidc" | "token" | "operating_system" | "none";
  /** What an identity provider said of the factors (amr), where it said anything. */
  amr?: string;
  /** Set when a critical action was confirmed again, just now and for exactly this action. */
  stepUp?: { method: "password" | "oidc"; at: string };
};

export type Actor =
  | {
      kind: "user";
      userId: string;
      /** The person behind the user; independence is judged by person, never by identity. */
      personId: string | null;
      label: string;
      roles: readonly Role[];
      signInId: string | null;
      authentication: Authentication;
      address?: string | undefined;
      userAgent?: string | undefined;
    }
  /** Somebody who has not signed in: may try to sign in, accept an invitation, ask for a command-line login, and nothing else. */
  | { kind: "visitor"; label: string; authentication: Authentication; address?: string | undefined; userAgent?: string | undefined }
  /** Whoever runs the command line on the machine that holds the embedded database. */
  | { kind: "local_operator"; label: string; authentication: Authentication }
  /** A job or the program itself. */
  | { kind: "system"; label: string; authentication: Authentication };

export const systemActor = (job: string): Actor => ({ kind: "system", label: job, authentication: { method: "none" } });

/** Who to name in rows that point at a user; null for jobs and the local operator, whom the audit event names. */
export const userIdOf = (actor: Actor): string | null => (actor.kind === "user" ? actor.userId : null);
export const personIdOf = (actor: Actor): string | null => (actor.kind === "user" ? actor.personId : null);
