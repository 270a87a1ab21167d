import type { Fact } from "#lib/inventory/streams.ts";
import type { Account } from "./account.ts";
import type { InlinePolicy, PolicyDetail } from "./authorization-details.ts";
import { inlineKey, policyKey } from "./keys.ts";
import { assess } from "./policy/assess.ts";
import { type PolicyDocument, parsePolicy } from "./policy/document.ts";

/** A policy as an entitlement: what it is called, what it allows, and what stands in it. */
export type Policy = {
  readonly key: string;
  readonly name: string;
  readonly document: PolicyDocument | null;
  readonly privileged: Fact;
  readonly meaning: string;
  readonly contents: string | null;
};

type Holder = {
  readonly Arn: string;
  readonly name: string;
  readonly attached: readonly { PolicyName: string; PolicyArn: string }[];
  readonly inline: readonly InlinePolicy[];
};

/** Whoever policies are attached to, or are written into, in one shape. */
export function holdersOf({ users, groups, roles }: Account): Holder[] {
  return [
    ...users.map((each) => ({ Arn: each.Arn, name: each.UserName, attached: each.AttachedManagedPolicies, inline: each.UserPolicyList })),
    ...groups.map((each) => ({
      Arn: each.Arn,
      name: each.GroupName,
      attached: each.AttachedManagedPolicies,
      inline: each.GroupPolicyList,
    })),
    ...roles.map((each) => ({ Arn: each.Arn, name: each.RoleName, attached: each.AttachedManagedPolicies, inline: each.RolePolicyList })),
  ];
}

/** Keys of all that a holder's policies allow. */
export const policyKeysOf = (account: Account, { Arn, attached, inline }: Holder): string[] => [
  ...attached.map(({ PolicyArn }) => policyKey(account.id, PolicyArn)),
  ...inline.map(({ PolicyName }) => inlineKey(Arn, PolicyName)),
];

/** Every policy of the account that is exported or attached, by key. An attached one without its document is there, and unknown. */
export function policiesOf(account: Account): Map<string, Policy> {
  const all = new Map<string, Policy>();
  const add = (policy: Policy) => {
    if (!all.has(policy.key)) all.set(policy.key, policy);
  };
  for (const policy of account.policies) add(read(policyKey(account.id, policy.Arn), policy.PolicyName, defaultOf(policy)));
  for (const holder of holdersOf(account)) {
    for (const { PolicyArn, PolicyName } of holder.attached)
      if (!all.has(policyKey(account.id, PolicyArn))) add(untold(policyKey(account.id, PolicyArn), PolicyName));
    for (const { PolicyName, PolicyDocument } of holder.inline)
      add(read(inlineKey(holder.Arn, PolicyName), `${PolicyName}, written into ${holder.name}`, PolicyDocument));
  }
  return all;
}

const defaultOf = ({ PolicyVersionList }: PolicyDetail): unknown =>
  PolicyVersionList.find(({ IsDefaultVersion }) => IsDefaultVersion)?.Document;

function read(key: string, name: string, given: unknown): Policy {
  if (given === undefined || given === null) return untold(key, name);
  const document = parsePolicy(given);
  const { privileged, meaning } = assess(document);
  const isRead = document.kind === "document";
  return { key, name, document: isRead ? document : null, privileged, meaning, contents: isRead ? document.canonical : null };
}

const untold = (key: string, name: string): Policy => ({
  key,
  name,
  document: null,
  privileged: "unknown",
  meaning: "What it allows is unknown: its document was not exported. Export without a filter.",
  contents: null,
});
