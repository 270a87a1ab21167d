import { breadthOf } from "./breadth.ts";
import type { Condition, PolicyDocument, Statement, Unreadable } from "./document.ts";
import { fitsAction } from "./glob.ts";

export type TrustKind = "service" | "oidc" | "saml" | "account" | "principal" | "anyone" | "unknown";

/** One way into a role: who vouches, for whom, to whom, under what else. */
export type RoleTrust = {
  readonly kind: TrustKind;
  readonly issuer: string;
  readonly subjectPattern: string | null;
  readonly audience: string | null;
  /** The account of an "account" or "principal" trust. */
  readonly account: string | null;
  readonly conditions: readonly Condition[];
  /** In words, where it lets in more than one would think; null where it does not. */
  readonly tooBroad: string | null;
};

const ASSUME = ["sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"];

/** Every way into the role that its trust policy opens, in its order. A policy that cannot be read is one way of which nothing is known. */
export function trustsOf(document: PolicyDocument | Unreadable): RoleTrust[] {
  if (document.kind === "unreadable") {
    const unknown = { kind: "unknown", issuer: "unknown: the trust policy cannot be read", account: null } as const;
    return [{ ...unknown, subjectPattern: null, audience: null, conditions: [], tooBroad: null }];
  }
  return document.statements
    .filter(({ effect, actions }) => effect === "Allow" && ASSUME.some((action) => isNamed(actions, action)))
    .flatMap((statement) => statement.principals.map((principal) => trustOf(statement, principal)));
}

const isNamed = ({ isExcept, patterns }: Statement["actions"], action: string): boolean =>
  patterns.some((pattern) => fitsAction(pattern, action)) !== isExcept;

function trustOf(statement: Statement, { kind, value }: { kind: string; value: string }): RoleTrust {
  const known = statement.isAllBut ? { kind: "anyone" as const, issuer: `everyone but ${value}`, account: null } : issuerOf(kind, value);
  const { subject, audience, rest } = claimsOf(statement.conditions);
  const subjectPattern = subject ?? (known.kind === "principal" ? value : null);
  const trust = { ...known, subjectPattern, audience, conditions: rest };
  return { ...trust, tooBroad: breadthOf(trust) };
}

function issuerOf(kind: string, value: string): Pick<RoleTrust, "kind" | "issuer" | "account"> {
  if (value === "*") return { kind: "anyone", issuer: "anyone on AWS (*)", account: null };
  if (kind === "Service") return { kind: "service", issuer: value, account: null };
  if (kind === "Federated") {
    const oidc = /:oidc-provider\/(.+)$/.exec(value)?.[1];
    if (oidc) return { kind: "oidc", issuer: `https://${oidc}`, account: null };
    if (value.includes(":saml-provider/")) return { kind: "saml", issuer: value, account: null };
    return { kind: "oidc", issuer: value, account: null };
  }
  const account = /^(?:arn:aws[a-z-]*:(?:iam|sts)::)?(\d{12})(?::root)?$/.exec(value)?.[1];
  if (account) return { kind: "account", issuer: `AWS account ${account}`, account };
  const owner = /^arn:aws[a-z-]*:(?:iam|sts)::(\d{12}):/.exec(value)?.[1] ?? null;
  if (kind === "AWS")
    return { kind: "principal", issuer: owner ? `AWS account ${owner}` : `a principal that is gone (${value})`, account: owner };
  return { kind: "unknown", issuer: `${kind} ${value}`, account: null };
}

/** What an OIDC or SAML trust says of the token stands among its conditions: its subject and audience are told apart from the rest. */
function claimsOf(conditions: readonly Condition[]): { subject: string | null; audience: string | null; rest: Condition[] } {
  const isClaim = (name: string) => (condition: Condition) =>
    condition.key.toLowerCase().endsWith(`:${name}`) && /^(for(any|all)values:)?string(equals|like)/i.test(condition.operator);
  const [subjects, audiences] = [conditions.filter(isClaim("sub")), conditions.filter(isClaim("aud"))];
  const text = (found: readonly Condition[]) => found.flatMap(({ values }) => values).join(", ") || null;
  return {
    subject: text(subjects),
    audience: text(audiences),
    rest: conditions.filter((each) => !subjects.includes(each) && !audiences.includes(each)),
  };
}

/** "StringEquals sts:ExternalId: abc", one for each condition. */
export const conditionText = (conditions: readonly Condition[]): string =>
  conditions.map(({ operator, key, values }) => `${operator} ${key}: ${values.join(", ")}`).join("; ");
