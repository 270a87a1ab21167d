import type { Environment, Sensitivity } from "#lib/inventory/streams.ts";
import { SourceError } from "../contract.ts";
import {
  type AuthorizationDetails,
  accountOf,
  type GroupDetail,
  type PolicyDetail,
  partitionOf,
  type RoleDetail,
  type UserDetail,
} from "./authorization-details.ts";
import type { ReportRow } from "./credential-report.ts";
import type { MfaDevice } from "./mfa-devices.ts";
import type { AwsSettings } from "./schema.ts";

/** One account as it was read, whichever way. What could not be read is null, which is not empty. */
export type Account = {
  readonly id: string;
  readonly partition: string;
  /** What people call it. */
  readonly name: string;
  readonly environment: Environment;
  readonly sensitivity: Sensitivity;
  readonly observedAt: string;
  readonly users: readonly UserDetail[];
  readonly groups: readonly GroupDetail[];
  readonly roles: readonly RoleDetail[];
  readonly policies: readonly PolicyDetail[];
  readonly report: ReadonlyMap<string, ReportRow> | null;
  readonly devices: readonly MfaDevice[] | null;
  /** Ids of access keys by user ARN and creation, where they were asked for. */
  readonly keyIds: ReadonlyMap<string, string>;
  readonly summary: AccountSummary | null;
};

/** What the account counts of itself. */
export type AccountSummary = { readonly users: number; readonly groups: number; readonly roles: number };

export type Evidence = Partial<Pick<Account, "report" | "devices" | "keyIds" | "summary">>;

export function accountFrom(
  details: AuthorizationDetails,
  evidence: Evidence,
  { accounts }: Pick<AwsSettings, "accounts">,
  { where, observedAt }: { where: string; observedAt: string },
): Account {
  const { id, partition } = ownerOf(details, where);
  const known = accounts.find((each) => each.id === id);
  return {
    id,
    partition,
    name: known?.name ?? id,
    environment: known?.environment ?? "unknown",
    sensitivity: known?.sensitivity ?? "unknown",
    observedAt,
    users: details.UserDetailList,
    groups: details.GroupDetailList,
    roles: details.RoleDetailList,
    policies: details.Policies,
    report: evidence.report ?? null,
    devices: evidence.devices ?? null,
    keyIds: evidence.keyIds ?? new Map(),
    summary: evidence.summary ?? null,
  };
}

/** The one account that all of it belongs to. Nothing may stand twice: which of the two would be true? */
function ownerOf(details: AuthorizationDetails, where: string): { id: string; partition: string } {
  const { UserDetailList: users, GroupDetailList: groups, RoleDetailList: roles, Policies: policies } = details;
  const arns = [...users, ...groups, ...roles].map(({ Arn }) => Arn);
  const seen = new Set<string>();
  for (const arn of [...arns, ...policies.map(({ Arn }) => Arn)]) {
    if (seen.has(arn))
      throw new SourceError(`${where}: ${arn} stands twice. Export it again; pages put together by hand repeat things.`, { where });
    seen.add(arn);
  }
  const ids = [...new Set([...arns, ...policies.map(({ Arn }) => Arn)].map(accountOf))].filter((id) => id !== "aws");
  const [id] = ids;
  if (id === undefined)
    throw new SourceError(`${where}: it names no user, group or role, so which account it is cannot be told.`, { where });
  if (ids.length > 1)
    throw new SourceError(`${where}: it names several accounts (${ids.sort().join(", ")}). Export each into a file of its own.`, { where });
  return { id, partition: partitionOf(arns[0] ?? "arn:aws") };
}

/** A name of IAM is unique in its account only, so it goes with the account's. */
export const nameIn = ({ name }: Pick<Account, "name">, of: string): string => `${of} (${name})`;

const TAG_NAMES = { owner: "owner", backupOwner: "backup-owner", purpose: "purpose", environment: "environment", mail: "mail" } as const;

/** A tag by its name, without regard to case. */
export const tagOf = (tags: UserDetail["Tags"], name: keyof typeof TAG_NAMES): string | null =>
  tags.find(({ Key }) => Key.toLowerCase() === TAG_NAMES[name])?.Value || null;
