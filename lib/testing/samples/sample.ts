import type { Actor } from "#lib/authz/actor.ts";
import type { Role } from "#lib/authz/permissions.ts";
import * as make from "../factories.ts";

export type User = Extract<Actor, { kind: "user" }>;

/** A call that the product accepts, on a world that was made for it. */
export type Sent = {
  /** Who sends it; null where the entry is for visitors. */
  by: User | null;
  /** An action's input, or a route's JSON body. */
  input?: unknown;
  params?: Record<string, string>;
  query?: Record<string, string>;
  /** In place of a JSON body. */
  body?: () => { body: BodyInit; headers?: Record<string, string> };
};

/**
 * Makes the world and answers with the call. Keyed by the entry's name, an action's as it is, a route's with its method before it; what the
 * tests of every way in do is done to each of them, and one without a sample fails them.
 */
export type Samples = Readonly<Record<string, () => Promise<Sent>>>;

export const somebody = (...roles: Role[]): Promise<User> => make.makeUser({ roles });
