import { ENVIRONMENTS, type IdentityClass, type StreamRecord } from "#lib/inventory/streams.ts";
import { type Account, nameIn, tagOf } from "./account.ts";
import { trustsOfRole } from "./assumable.ts";
import type { RoleDetail, UserDetail } from "./authorization-details.ts";
import type { ReportRow } from "./credential-report.ts";
import { rootKey } from "./keys.ts";
import type { RoleTrust } from "./policy/trust.ts";

const DAY_MS = 86_400_000;
/** How far AWS looks back for the last use of a role. */
const ROLE_USE_DAYS = 400;

export function identitiesOf(account: Account): StreamRecord[] {
  return [rootOf(account), ...account.users.map((user) => userOf(account, user)), ...account.roles.map((role) => roleOf(account, role))];
}

/** Every account has one, whether or not the export says so. */
function rootOf(account: Account): StreamRecord {
  const key = rootKey(account.partition, account.id);
  const row = account.report?.get(key);
  return {
    external_id: key,
    name: nameIn(account, "Root user"),
    login: "root",
    class: "break_glass",
    status: "active",
    purpose: "Owns the account. For what nobody else can do; otherwise sealed.",
    origin: "provisioning",
    environment: account.environment,
    interactive: "yes",
    created: row?.created ?? "unknown",
    last_used: row ? lastUsed(row) : "unknown",
  };
}

function userOf(account: Account, user: UserDetail): StreamRecord {
  const row = account.report?.get(user.Arn);
  return {
    external_id: user.Arn,
    name: nameIn(account, user.UserName),
    login: user.UserName,
    mail: tagOf(user.Tags, "mail") ?? (/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(user.UserName) ? user.UserName : null),
    class: classOfUser(row),
    // AWS has no switch for a user; what is switched off are its keys and its password.
    status: "active",
    interactive: row?.hasPassword ?? "unknown",
    created: user.CreateDate,
    last_used: row ? lastUsed(row) : "unknown",
    ...told(account, user.Tags, "/"),
  };
}

/** By what it signs in with, never by its name: a console password is a person's, keys alone are a program's. */
export function classOfUser(row: ReportRow | undefined): IdentityClass {
  if (!row || row.hasPassword === "unknown") return "unknown";
  if (row.hasPassword === "yes") return "human";
  return row.keys.length > 0 ? "service" : "unknown";
}

function roleOf(account: Account, role: RoleDetail): StreamRecord {
  return {
    external_id: role.Arn,
    name: nameIn(account, role.RoleName),
    login: role.RoleName,
    class: classOfRole(trustsOfRole(role)),
    status: "active",
    interactive: "unknown",
    created: role.CreateDate,
    last_used: roleLastUsed(role, account.observedAt),
    ...told(account, role.Tags, role.Path),
  };
}

/** Issuers whose tokens are not a pipeline's: workloads of a cluster, users of an application. */
const NOT_PIPELINES =
  /(^https:\/\/(oidc\.eks\.|accounts\.google\.com)|^(cognito-identity|www)\.|^graph\.facebook\.com|^accounts\.google\.com)/;

export const classOfRole = (trusts: readonly RoleTrust[]): IdentityClass =>
  trusts.some(({ kind, issuer }) => kind === "oidc" && !NOT_PIPELINES.test(issuer)) ? "pipeline" : "workload";

function roleLastUsed({ RoleLastUsed: use, CreateDate }: RoleDetail, observedAt: string): string {
  if (use?.LastUsedDate) return use.LastUsedDate;
  if (!use) return "unknown";
  // Nothing within the days that AWS keeps: never, if it is not older than those.
  return Date.parse(observedAt) - Date.parse(CreateDate) < ROLE_USE_DAYS * DAY_MS ? "never" : "unknown";
}

/** The latest of all uses that are known. One that is unknown may be later, but not one that was never. */
export function lastUsed({ passwordUsed, keys }: ReportRow): string {
  const all = [passwordUsed, ...keys.map(({ used }) => used)];
  const instants = all.filter((each) => /^\d/.test(each)).sort();
  return instants.at(-1) ?? (all.every((each) => each === "never") ? "never" : "unknown");
}

function told(account: Account, tags: UserDetail["Tags"], path: string): StreamRecord {
  const environment = tagOf(tags, "environment")?.toLowerCase();
  return {
    owner: tagOf(tags, "owner"),
    backup_owner: tagOf(tags, "backupOwner"),
    purpose: tagOf(tags, "purpose"),
    origin: originOf(tags, path),
    environment: ENVIRONMENTS.find((each) => each === environment) ?? account.environment,
  };
}

const originOf = (tags: UserDetail["Tags"], path: string): string =>
  path.startsWith("/aws-service-role/") || path.startsWith("/aws-reserved/")
    ? "provisioning"
    : tags.some(({ Key }) => Key.startsWith("aws:cloudformation:"))
      ? "infrastructure_as_code"
      : "unknown";
