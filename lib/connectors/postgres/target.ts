import type { GrantRef } from "../contract.ts";
import type { Session } from "./client.ts";
import { type EntitlementKey, OWNER, PUBLIC, parseEntitlementKey, parseIdentityKey } from "./keys.ts";
import { attributeSteps, databaseSteps, type HolderOid, membershipSteps, objectSteps, type Step, schemaSteps } from "./revoke.sql.ts";

/** What is to be taken from whom, in this source's own terms. */
export type Target = { readonly holder: HolderOid; readonly entitlement: EntitlementKey };

export type Unsupported = { readonly reason: string; readonly whoCan: string };

/** A grant's external ids as a target, or why no program can take it back. */
export function targetOf(grant: GrantRef): Target | Unsupported {
  const entitlement = parseEntitlementKey(grant.entitlement);
  const holder = holderOf(grant);
  if (!entitlement || entitlement.kind === "public" || holder === null) {
    return {
      reason: `${grant.holder} and ${grant.entitlement} are not a grant that this connector can take back.`,
      whoCan: "An administrator of the server",
    };
  }
  if ("privilege" in entitlement && entitlement.privilege === OWNER) {
    return { reason: "Ownership cannot be revoked, only handed to another role.", whoCan: "A superuser, with ALTER … OWNER TO" };
  }
  if ("schema" in entitlement && entitlement.schema === "pg_catalog") {
    return { reason: "This is a right on the server's own objects, among many that it needs to work.", whoCan: "A superuser" };
  }
  return { holder, entitlement };
}

function holderOf({ holderKind, holder }: GrantRef): HolderOid | null {
  if (holderKind === "identity") return parseIdentityKey(holder);
  if (holder === PUBLIC) return 0;
  const key = parseEntitlementKey(holder);
  return key?.kind === "member" ? key.oid : null; // the owner of a database holds by being that
}

/** Where a statement about it has to be run: privileges inside a database exist in that database only. */
export const databaseOf = ({ entitlement }: Target): string | null => ("schema" in entitlement ? entitlement.database : null);

/** What stands of the grant now, as the statements that would take it back. None: it is gone. */
export function stepsFor(session: Session, { entitlement, holder }: Target): Promise<Step[]> {
  switch (entitlement.kind) {
    case "public":
      return Promise.resolve([]);
    case "member":
      return membershipSteps(session, entitlement.oid, holder);
    case "attribute":
      return attributeSteps(session, entitlement.attribute, holder);
    case "database":
      return databaseSteps(session, entitlement.database, entitlement.privilege, holder);
    case "schema":
      return schemaSteps(session, entitlement.schema, entitlement.privilege, holder);
    case "columns":
    case "functions":
    case "sequences":
    case "tables":
      return objectSteps(session, entitlement.kind, entitlement.schema, entitlement.privilege, holder);
  }
}
