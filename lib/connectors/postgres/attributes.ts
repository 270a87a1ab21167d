import { ATTRIBUTES, type Attribute } from "./keys.ts";
import type { RoleRow } from "./roles.sql.ts";

/** Powers over the whole server that sit on the role itself. Members of the role do not inherit them, but have them after SET ROLE. */
export function attributesOf(role: RoleRow): Attribute[] {
  const has: Readonly<Record<Attribute, boolean>> = {
    SUPERUSER: role.is_superuser,
    CREATEROLE: role.can_create_roles,
    CREATEDB: role.can_create_databases,
    REPLICATION: role.can_replicate,
    BYPASSRLS: role.can_bypass_row_security,
  };
  return ATTRIBUTES.filter((attribute) => has[attribute]);
}
