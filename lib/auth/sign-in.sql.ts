import "server-only";
import type { Actor } from "#lib/authz/actor.ts";
import type { Role } from "#lib/authz/permissions.ts";
import { reader } from "#lib/db/transact.ts";
import { IDLE_MINUTES } from "./cookie.ts";
import { digestOf } from "./secrets.ts";

type About = { address?: string | undefined; userAgent?: string | undefined };
type UserActor = Extract<Actor, { kind: "user" }>;

type Found = {
  id: string;
  user_id: string;
  display_name: string;
  person_id: string | null;
  roles: Role[];
  method: "password" | "oidc";
  amr: string | null;
  is_stale: boolean;
};

const USER = `u.id AS user_id, u.display_name, u.person_id,
  ARRAY(SELECT r.role FROM role_assignments r WHERE r.user_id = u.id AND r.ended_at IS NULL ORDER BY r.role COLLATE "C") AS roles`;

/**
 * Whoever this cookie's value stands for, with the roles they hold at this instant; null where it was never handed out, was revoked, ran
 * out or lay idle, or where the user was disabled. Read on every request: nothing about the user is believed from the browser.
 */
export async function findSignIn(sid: string, about: About): Promise<UserActor | null> {
  const [found] = await reader.rows<Found>(
    `SELECT s.id, ${USER}, s.method, s.amr, s.last_seen_at < now() - interval '1 minute' AS is_stale
     FROM sign_ins s JOIN app_users u ON u.id = s.user_id
     WHERE s.sid_hash = $1::bytea AND s.revoked_at IS NULL AND u.disabled_at IS NULL
       AND s.expires_at > now() AND s.last_seen_at > now() - make_interval(mins => $2::int)`,
    [digestOf(sid), IDLE_MINUTES],
    { name: "find_sign_in" },
  );
  if (!found) return null;
  if (found.is_stale) await touchSignIn(found.id);
  const authentication = { method: found.method, ...(found.amr ? { amr: found.amr } : {}) };
  return { ...userOf(found), signInId: found.id, authentication, ...about };
}

/** At most a write a minute. Never wakes a sign-in that another request revoked, or that lay idle, in the meantime. */
async function touchSignIn(signInId: string): Promise<void> {
  await reader.rows(
    `UPDATE sign_ins SET last_seen_at = now() WHERE id = $1::uuid AND revoked_at IS NULL
       AND last_seen_at > now() - make_interval(mins => $2::int)`,
    [signInId, IDLE_MINUTES],
    { name: "touch_sign_in" },
  );
}

/** As findSignIn, for an API token. */
export async function findApiToken(token: string, about: About): Promise<UserActor | null> {
  const [found] = await reader.rows<Pick<Found, "id" | "user_id" | "display_name" | "person_id" | "roles" | "is_stale">>(
    `SELECT t.id, ${USER}, coalesce(t.last_used_at < now() - interval '1 minute', true) AS is_stale
     FROM api_tokens t JOIN app_users u ON u.id = t.user_id
     WHERE t.token_hash = $1::bytea AND t.revoked_at IS NULL AND t.expires_at > now() AND u.disabled_at IS NULL`,
    [digestOf(token)],
    { name: "find_api_token" },
  );
  if (!found) return null;
  if (found.is_stale) await reader.rows("UPDATE api_tokens SET last_used_at = now() WHERE id = $1::uuid", [found.id]);
  return { ...userOf(found), signInId: null, authentication: { method: "token" }, ...about };
}

function userOf(found: Pick<Found, "user_id" | "display_name" | "person_id" | "roles">) {
  return { kind: "user" as const, userId: found.user_id, personId: found.person_id, label: found.display_name, roles: found.roles };
}

export type Account = { id: string; displayName: string; passwordHash: string | null; isDisabled: boolean };

/** The account of an identity: (issuer, subject), never a mail address alone. */
export async function findAccount(issuer: string, subject: string): Promise<Account | null> {
  const [found] = await reader.rows<Account>(
    `SELECT id, display_name AS "displayName", password_hash AS "passwordHash", disabled_at IS NOT NULL AS "isDisabled"
     FROM app_users WHERE issuer = $1::text AND subject = $2::text`,
    [issuer, subject],
  );
  return found ?? null;
}
