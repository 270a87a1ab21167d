import "server-only";
import type { Role } from "#lib/authz/permissions.ts";
import type { UserScope } from "#lib/authz/scope.ts";
import { reader } from "#lib/db/transact.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { IDLE_MINUTES } from "./cookie.ts";
import type { UserFilter } from "./search-params.ts";
import { codeDigestOf, digestOf } from "./secrets.ts";
import type { ApiTokenRow, InvitationRow, SignInRow, UserRow } from "./types.ts";

const iso = (value: Date | null): string | null => value?.toISOString() ?? null;

type StoredUser = Omit<UserRow, "createdAt" | "lastSeenAt" | "roles"> & { roles: Role[]; createdAt: Date; lastSeenAt: Date | null };

const USERS = `SELECT u.id, u.display_name AS "displayName", u.mail, u.issuer, u.person_id AS "personId", p.name AS "personName",
    CASE WHEN u.disabled_at IS NULL THEN 'active' ELSE 'disabled' END AS state, u.created_at AS "createdAt",
    ARRAY(SELECT r.role FROM role_assignments r WHERE r.user_id = u.id AND r.ended_at IS NULL ORDER BY r.role COLLATE "C") AS roles,
    (SELECT max(s.last_seen_at) FROM sign_ins s WHERE s.user_id = u.id) AS "lastSeenAt"
  FROM app_users u LEFT JOIN people p ON p.id = u.person_id`;

/** Everybody who may sign in, by name. An instance has as many users as it has reviewers: thousands at most. */
export async function listUsers(_scope: UserScope, { q, role, state }: UserFilter): Promise<UserRow[]> {
  const rows = await reader.rows<StoredUser>(
    `SELECT * FROM (${USERS}) AS listed
     WHERE (strpos(lower(concat_ws(' ', "displayName", mail, "personName")), lower($1::text)) > 0 OR $1::text = '')
       AND ($2::text IS NULL OR $2::text = ANY (roles) OR ($2::text = 'none' AND cardinality(roles) = 0))
       AND ($3::text IS NULL OR state = $3::text)
     ORDER BY "displayName" COLLATE "C", id`,
    [q, role, state],
  );
  return rows.map(userRow);
}

export async function findUser(_scope: UserScope, userId: string): Promise<UserRow | null> {
  const [found] = await reader.rows<StoredUser>(`${USERS} WHERE u.id = $1::uuid`, [userId]);
  return found ? userRow(found) : null;
}

const userRow = (stored: StoredUser): UserRow => ({
  ...stored,
  createdAt: stored.createdAt.toISOString(),
  lastSeenAt: iso(stored.lastSeenAt),
});

/** Invitations that can still be accepted. */
export async function listInvitations(_scope: UserScope): Promise<InvitationRow[]> {
  const rows = await reader.rows<Omit<InvitationRow, "createdAt" | "expiresAt"> & { createdAt: Date; expiresAt: Date }>(
    `SELECT id, mail, kind, roles, created_at AS "createdAt", expires_at AS "expiresAt" FROM invitations
     WHERE used_at IS NULL AND expires_at > now() AND kind = 'user' ORDER BY created_at DESC, id DESC`,
  );
  return rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString(), expiresAt: row.expiresAt.toISOString() }));
}

export type PersonChoice = { id: string; name: string; detail: string };

/** People that a user could be, by the beginning of a word of their name or mail address. The administrator decides; nothing is preselected. */
export async function suggestPeople(_scope: UserScope, text: string): Promise<PersonChoice[]> {
  const typed = text.trim().toLowerCase();
  if (typed.length < 2) return [];
  return reader.rows<PersonChoice>(
    `SELECT p.id, p.name, concat_ws(', ', p.mail, p.title, p.department, s.name) AS detail
     FROM people p JOIN sources s ON s.id = p.source_id
     WHERE p.gone_at IS NULL AND (starts_with(lower(p.name), $1::text) OR strpos(lower(p.name), ' ' || $1::text) > 0 OR starts_with(lower(p.mail), $1::text))
     ORDER BY p.name COLLATE "C", p.id LIMIT 20`,
    [typed],
  );
}

/** A user's own live sign-ins; the one that asks is marked. */
export async function listSignIns(userId: string, currentId: string | null): Promise<SignInRow[]> {
  const rows = await reader.rows<
    Omit<SignInRow, "createdAt" | "lastSeenAt" | "expiresAt"> & Record<"createdAt" | "lastSeenAt" | "expiresAt", Date>
  >(
    `SELECT id, method, amr, created_at AS "createdAt", last_seen_at AS "lastSeenAt", expires_at AS "expiresAt", address,
       user_agent AS "userAgent", id IS NOT DISTINCT FROM $2::uuid AS "isCurrent"
     FROM sign_ins WHERE user_id = $1::uuid AND revoked_at IS NULL AND expires_at > now()
       AND last_seen_at > now() - make_interval(mins => $3::int) ORDER BY last_seen_at DESC, id DESC`,
    [userId, currentId, IDLE_MINUTES],
  );
  return rows.map((row) => ({
    ...row,
    createdAt: row.createdAt.toISOString(),
    lastSeenAt: row.lastSeenAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
  }));
}

export async function listApiTokens(userId: string): Promise<ApiTokenRow[]> {
  const rows = await reader.rows<{ id: string; label: string; createdAt: Date; expiresAt: Date; lastUsedAt: Date | null }>(
    `SELECT id, label, created_at AS "createdAt", expires_at AS "expiresAt", last_used_at AS "lastUsedAt"
     FROM api_tokens WHERE user_id = $1::uuid AND revoked_at IS NULL AND expires_at > now() ORDER BY created_at DESC, id DESC`,
    [userId],
  );
  return rows.map((row) => ({
    ...row,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    lastUsedAt: iso(row.lastUsedAt),
  }));
}

/** Sync runs under way, for the frame. */
export async function countJobs(): Promise<number> {
  const [found] = await reader.rows<{ jobs: number }>("SELECT count(*)::int AS jobs FROM sync_runs WHERE state = 'RUNNING'", [], {
    name: "count_jobs",
  });
  return found?.jobs ?? 0;
}

/** Whom an invitation is for, to whoever holds its code; null where the code cannot be used (any more). */
export async function findInvitation(code: string): Promise<{ mail: string; roles: string[]; expiresAt: string } | null> {
  const [found] = await reader.rows<{ mail: string; roles: string[]; expires_at: Date }>(
    "SELECT mail, roles, expires_at FROM invitations WHERE code_hash = $1::bytea AND kind = 'user' AND used_at IS NULL AND expires_at > now()",
    [codeDigestOf(code)],
  );
  return found ? { mail: found.mail, roles: found.roles, expiresAt: found.expires_at.toISOString() } : null;
}

/** Whether nobody administers this instance yet, so that its first visit makes the first administrator. */
export async function isWithoutAdministrator(): Promise<boolean> {
  const found = await reader.rows(
    `SELECT FROM role_assignments r JOIN app_users u ON u.id = r.user_id
     WHERE r.role = 'administrator' AND r.ended_at IS NULL AND u.disabled_at IS NULL LIMIT 1`,
  );
  return found.length === 0;
}

/** What the command line is told while it waits. Once confirmed, the token that it has held all along counts. */
export async function pollCliLogin(
  pollToken: string,
): Promise<{ state: "pending" } | { state: "confirmed"; token: string; expiresAt: string }> {
  const [found] = await reader.rows<{ confirmed: boolean; live: boolean; expires_at: Date | null }>(
    `SELECT l.confirmed_at IS NOT NULL AS confirmed, l.expires_at > now() AS live, t.expires_at
     FROM cli_logins l LEFT JOIN api_tokens t ON t.token_hash = l.token_hash AND t.revoked_at IS NULL WHERE l.token_hash = $1::bytea`,
    [digestOf(pollToken)],
  );
  if (found?.confirmed && found.expires_at) return { state: "confirmed", token: pollToken, expiresAt: found.expires_at.toISOString() };
  if (found?.live && !found.confirmed) return { state: "pending" };
  throw new DomainError("NOT_FOUND", "The code ran out before anybody confirmed it. Run `countersign login` again.");
}

/** What waits with this code, for the page that asks its reader to confirm; null where nothing does. */
export async function findCliLogin(code: string): Promise<{ label: string; address: string | null; createdAt: string } | null> {
  const [found] = await reader.rows<{ label: string; address: string | null; created_at: Date }>(
    "SELECT label, address, created_at FROM cli_logins WHERE code_hash = $1::bytea AND confirmed_at IS NULL AND expires_at > now()",
    [codeDigestOf(code)],
  );
  return found ? { label: found.label, address: found.address, createdAt: found.created_at.toISOString() } : null;
}
