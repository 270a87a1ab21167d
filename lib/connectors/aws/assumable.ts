import type { Account } from "./account.ts";
import type { RoleDetail } from "./authorization-details.ts";
import type { Policy } from "./policies.ts";
import { parsePolicy } from "./policy/document.ts";
import { allowsOn } from "./policy/reach.ts";
import { conditionText, type RoleTrust, trustsOf } from "./policy/trust.ts";

export type AssumableRole = { readonly role: RoleDetail; readonly trusts: readonly RoleTrust[] };

export const trustsOfRole = (role: RoleDetail): RoleTrust[] => trustsOf(parsePolicy(role.AssumeRolePolicyDocument));

/** Roles that somebody of their own account may assume, as far as their trust goes: then assuming one is an entitlement. */
export function assumableRoles(account: Account): AssumableRole[] {
  return account.roles
    .map((role) => ({ role, trusts: trustsOfRole(role).filter((trust) => trust.kind === "anyone" || trust.account === account.id) }))
    .filter(({ trusts }) => trusts.length > 0);
}

/** A principal that the trust names needs no policy of its own; `conditions` may still decide. */
export type Assumer = { readonly holder: { kind: "arn"; arn: string } | { kind: "policy"; key: string }; readonly options: string | null };

/**
 * Who may assume a role: those that its trust names, and, where it trusts the account, everyone whose policies allow it. Where several
 * statements let somebody in, the one that asks for least comes first.
 */
export function assumersOf({ role, trusts }: AssumableRole, policies: Iterable<Policy>): Assumer[] {
  const easiest = trusts.toSorted((one, other) => one.conditions.length - other.conditions.length);
  const named = easiest.flatMap((trust): Assumer[] =>
    trust.kind === "principal" && trust.subjectPattern
      ? [{ holder: { kind: "arn", arn: trust.subjectPattern }, options: onlyIf(trust.conditions) }]
      : [],
  );
  const open = easiest.find(({ kind }) => kind === "account" || kind === "anyone");
  if (!open) return named;
  const allowed = [...policies].flatMap((policy): Assumer[] => {
    const answer = policy.document ? allowsOn(policy.document, "sts:AssumeRole", role.Arn) : "no";
    if (answer === "no") return [];
    const conditions = [answer === "depends" ? "where the policy's conditions hold" : null, onlyIf(open.conditions)].filter(
      (each) => each !== null,
    );
    return [{ holder: { kind: "policy", key: policy.key }, options: conditions.join("; ") || null }];
  });
  return [...named, ...allowed];
}

const onlyIf = (conditions: RoleTrust["conditions"]): string | null =>
  conditions.length > 0 ? `only if ${conditionText(conditions)}` : null;
