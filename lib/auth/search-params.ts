import { z } from "zod";
import { ROLES } from "#lib/authz/permissions.ts";

const STATES = ["active", "disabled"] as const;

/** The URL of the list of users; what it does not know falls back. */
export const userListParams = z.object({
  q: z.string().trim().max(200).catch(""),
  role: z
    .enum(["none", ...ROLES])
    .nullable()
    .catch(null),
  state: z.enum(STATES).nullable().catch(null),
});
export type UserFilter = z.infer<typeof userListParams>;

/** A path of ours to go on to after signing in; anything else is the overview. */
export function nextPath(given: unknown): string {
  return typeof given === "string" && /^\/(?![/\\])[^\s\\]*$/.test(given) && !given.startsWith("/sign-in") ? given.slice(0, 1000) : "/";
}
