import "server-only";
import { granteesOf, type Permission } from "#lib/authz/permissions.ts";
import type { Tx } from "#lib/db/tx.ts";

/** Users whose roles hold a permission, but those named: whom to tell that somebody of them is needed. */
export async function usersWhoMay(tx: Tx, permission: Permission, but: readonly (string | null)[] = []): Promise<{ userId: string }[]> {
  return tx.rows<{ userId: string }>(
    `SELECT u.id AS "userId" FROM app_users u WHERE u.disabled_at IS NULL AND u.id <> ALL ($2::uuid[]) AND EXISTS (
       SELECT FROM role_assignments r WHERE r.user_id = u.id AND r.ended_at IS NULL AND r.role = ANY ($1::text[])) ORDER BY u.id`,
    [granteesOf(permission), but.filter((id) => id !== null)],
  );
}
