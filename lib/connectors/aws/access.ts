import type { StreamRecord } from "#lib/inventory/streams.ts";
import { type Account, nameIn, tagOf } from "./account.ts";
import { type AssumableRole, assumableRoles, assumersOf } from "./assumable.ts";
import type { Gathered } from "./credentials.ts";
import { accountKey, assumeKey, groupResourceKey, memberKey, roleResourceKey, rootEntitlementKey, rootKey } from "./keys.ts";
import { holdersOf, type Policy, policiesOf, policyKeysOf } from "./policies.ts";
import { privilegedTogether } from "./policy/assess.ts";

export function resourcesOf(account: Account): StreamRecord[] {
  const place = { environment: account.environment, sensitivity: account.sensitivity };
  const parent = accountKey(account.id);
  const name = account.name === account.id ? `AWS account ${account.id}` : `${account.name} (AWS account ${account.id})`;
  return [
    { external_id: parent, name, class: "cloud_account", ...place },
    ...account.groups.map((group) => ({
      external_id: groupResourceKey(group.Arn),
      name: nameIn(account, group.GroupName),
      class: "directory_group",
      parent,
      ...place,
    })),
    ...account.roles.map((role) => ({
      external_id: roleResourceKey(role.Arn),
      name: nameIn(account, role.RoleName),
      class: "role",
      owner: tagOf(role.Tags, "owner"),
      parent,
      ...place,
    })),
  ];
}

/** The policies of an account, and what carries several of them: groups, and roles that somebody of the account may assume. */
export class Access {
  readonly account: Account;
  readonly policies: ReadonlyMap<string, Policy>;
  readonly #assumable: readonly AssumableRole[];
  readonly #carried: ReadonlyMap<string, readonly string[]>;
  readonly #holding: ReadonlyMap<string, readonly StreamRecord[]>;

  constructor(account: Account) {
    this.account = account;
    this.policies = policiesOf(account);
    this.#assumable = assumableRoles(account);
    this.#carried = new Map(holdersOf(account).map((holder) => [holder.Arn, policyKeysOf(account, holder)]));
    this.#holding = holdingOf(account, this.#assumable);
  }

  entitlements(): StreamRecord[] {
    const { account } = this;
    const resource = accountKey(account.id);
    return [
      {
        external_id: rootEntitlementKey(account.id),
        resource,
        name: nameIn(account, "Root user's access"),
        meaning: "Can do anything in the account, past every policy, and close it.",
        privileged: "yes",
        contents: null,
      },
      ...[...this.policies.values()].map(({ key, name, meaning, privileged, contents }) => ({
        external_id: key,
        resource,
        name: nameIn(account, name),
        meaning,
        privileged,
        contents,
      })),
      ...account.groups.map(({ Arn, GroupName }) => ({
        external_id: memberKey(Arn),
        resource: groupResourceKey(Arn),
        name: `Member of ${nameIn(account, GroupName)}`,
        ...this.#together(Arn, `Members of ${GroupName} can do`),
      })),
      ...this.#assumable.map(({ role }) => ({
        external_id: assumeKey(role.Arn),
        resource: roleResourceKey(role.Arn),
        name: `May assume ${nameIn(account, role.RoleName)}`,
        ...this.#together(role.Arn, `Whoever may assume ${role.RoleName} can do`),
      })),
    ];
  }

  /** What a carrier's policies come to: its contents are their names, since each of them tells its own. */
  #together(arn: string, opening: string): StreamRecord {
    const held = (this.#carried.get(arn) ?? []).flatMap((key) => this.policies.get(key) ?? []);
    const gravest =
      held.find(({ privileged }) => privileged === "yes") ?? held.find(({ privileged }) => privileged === "unknown") ?? held[0];
    const what = held.length > 1 ? `what its ${held.length} policies allow. The gravest` : "what its policy allows";
    return {
      meaning: gravest ? `${opening} ${what}: ${gravest.meaning}` : `${opening} nothing by it: it has no policy.`,
      privileged: privilegedTogether(held.map(({ privileged }) => privileged)),
      contents:
        held
          .map(({ key, name }) => `${name}: ${key}`)
          .toSorted()
          .join("\n") || null,
    };
  }

  grants(): Gathered {
    const gathered: Gathered = { records: [], excluded: {} };
    const { account } = this;
    const hold = (holder: StreamRecord, entitlement: string, options: string | null) =>
      gathered.records.push({ ...holder, ...grant(entitlement, options) });
    hold(identity(rootKey(account.partition, account.id)), rootEntitlementKey(account.id), null);
    const groups = new Map(account.groups.map((group) => [group.GroupName, group]));
    for (const { Arn, GroupList, PermissionsBoundary: boundary } of account.users) {
      for (const name of new Set(GroupList)) {
        const group = groups.get(name);
        if (group) hold(identity(Arn), memberKey(group.Arn), limitedBy(boundary));
        else gathered.excluded[UNKNOWN_GROUP] = (gathered.excluded[UNKNOWN_GROUP] ?? 0) + 1;
      }
    }
    const boundaries = new Map(
      [...account.users, ...account.roles].map(({ Arn, PermissionsBoundary }) => [Arn, limitedBy(PermissionsBoundary)]),
    );
    for (const [arn, keys] of this.#carried) {
      for (const holder of this.#holders(arn)) for (const key of new Set(keys)) hold(holder, key, boundaries.get(arn) ?? null);
    }
    for (const role of this.#assumable) {
      const mine = assumeKey(role.role.Arn);
      const seen = new Set<string>();
      for (const { holder, options } of assumersOf(role, this.policies.values())) {
        const holders = holder.kind === "policy" ? [entitlement(holder.key)] : this.#holders(holder.arn);
        for (const each of holders.filter(({ holder: of }) => of !== mine && !seen.has(String(of)))) {
          seen.add(String(each.holder));
          hold(each, mine, options);
        }
      }
    }
    return gathered;
  }

  /** Empty: not of this account. */
  #holders(arn: string): readonly StreamRecord[] {
    return this.#holding.get(arn) ?? [];
  }
}

/** What holds things as an ARN: a user or role itself, whoever may assume the role, the members of the group. */
function holdingOf(account: Account, assumable: readonly AssumableRole[]): Map<string, StreamRecord[]> {
  const open = new Set(assumable.map(({ role }) => role.Arn));
  return new Map([
    ...account.groups.map(({ Arn }): [string, StreamRecord[]] => [Arn, [entitlement(memberKey(Arn))]]),
    ...[...account.users, ...account.roles].map(({ Arn }): [string, StreamRecord[]] => [
      Arn,
      [identity(Arn), ...(open.has(Arn) ? [entitlement(assumeKey(Arn))] : [])],
    ]),
  ]);
}

export const UNKNOWN_GROUP = "memberships of groups that the export does not have";

const identity = (holder: string): StreamRecord => ({ holder_kind: "identity", holder });
const entitlement = (holder: string): StreamRecord => ({ holder_kind: "entitlement", holder });

/** IAM keeps neither when something was attached nor by whom, and nothing ends by itself. */
const grant = (key: string, options: string | null): StreamRecord => ({
  entitlement: key,
  started: "unknown",
  expires: "never",
  last_used: "unknown",
  options,
});

const limitedBy = (boundary: { PermissionsBoundaryArn?: string | undefined } | null | undefined): string | null =>
  boundary?.PermissionsBoundaryArn ? `limited by the permissions boundary ${boundary.PermissionsBoundaryArn}` : null;
