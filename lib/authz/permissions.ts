import { forbidden } from "#lib/errors/domain-error.ts";
import type { Actor } from "./actor.ts";

export const ROLES = [
  "reviewer",
  "campaign_manager",
  "security_analyst",
  "exception_approver",
  "auditor",
  "platform_engineer",
  "administrator",
] as const;
export type Role = (typeof ROLES)[number];

/** Who may besides people: jobs, the operator of this machine, everyone who is signed in, and whoever has yet to sign in. */
type Grantee = Role | "system" | "local_operator" | "signed_in" | "visitor";

/** The only place where a role is named. */
const GRANTED_TO = {
  "self.manage": ["signed_in"],
  "sign_in.open": ["visitor", "system"],
  "invitation.accept": ["visitor"],
  "cli_login.ask": ["visitor"],
  "instance.invite_first": ["system", "local_operator"],
  "retention.forget": ["system"],
  "source.read": ["campaign_manager", "security_analyst", "auditor", "platform_engineer", "administrator", "local_operator", "system"],
  "source.manage": ["platform_engineer", "administrator", "local_operator"],
  "source.sync": ["platform_engineer", "administrator", "local_operator", "system"],
  "source.override": ["platform_engineer", "security_analyst", "administrator"],
  "source.enable_writes": ["security_analyst", "administrator"],
  "inventory.read": ["campaign_manager", "security_analyst", "auditor", "platform_engineer", "administrator", "local_operator", "system"],
  "person.find": ["reviewer", "campaign_manager", "security_analyst"],
  "posture.read": ["security_analyst", "administrator", "local_operator", "system"],
  "person.match": ["security_analyst", "platform_engineer", "administrator"],
  "campaign.read": ["reviewer", "campaign_manager", "security_analyst", "auditor", "administrator", "local_operator", "system"],
  "campaign.read_all": ["campaign_manager", "security_analyst", "auditor", "administrator", "local_operator", "system"],
  "campaign.manage": ["campaign_manager", "local_operator"],
  "campaign.advance": ["campaign_manager", "local_operator", "system"],
  "campaign.stage": ["campaign_manager", "local_operator", "system"],
  "campaign.override": ["campaign_manager", "security_analyst", "administrator"],
  "campaign.sign_off": ["campaign_manager"],
  "campaign.void": ["system"],
  "campaign.follow_up": ["system"],
  "campaign.recur": ["system"],
  /** Security answers what silence may not decide. */
  "item.decide": ["reviewer", "security_analyst"],
  "item.reassign": ["reviewer", "security_analyst", "campaign_manager", "system"],
  "exception.read": [
    "reviewer",
    "campaign_manager",
    "security_analyst",
    "exception_approver",
    "auditor",
    "platform_engineer",
    "administrator",
    "system",
  ],
  "exception.read_all": ["campaign_manager", "security_analyst", "exception_approver", "auditor", "administrator", "system"],
  "exception.request": ["reviewer", "campaign_manager", "security_analyst", "platform_engineer"],
  "exception.approve": ["reviewer", "exception_approver"],
  "exception.approve_any": ["exception_approver"],
  "exception.record_test": ["reviewer", "security_analyst", "platform_engineer", "exception_approver"],
  "exception.revoke": ["reviewer", "security_analyst", "exception_approver"],
  "exception.revoke_any": ["security_analyst", "exception_approver"],
  "exception.withdraw_of_item": ["campaign_manager"],
  "exception.keep": ["system"],
  "remediation.read": [
    "reviewer",
    "campaign_manager",
    "security_analyst",
    "auditor",
    "platform_engineer",
    "administrator",
    "local_operator",
    "system",
  ],
  "remediation.read_all": [
    "campaign_manager",
    "security_analyst",
    "auditor",
    "platform_engineer",
    "administrator",
    "local_operator",
    "system",
  ],
  "remediation.plan": ["system"],
  "remediation.approve": ["reviewer", "security_analyst"],
  "remediation.approve_any": ["security_analyst"],
  "remediation.execute": ["platform_engineer", "security_analyst", "system"],
  "remediation.claim": ["platform_engineer", "security_analyst"],
  "remediation.restore": ["platform_engineer", "security_analyst", "administrator"],
  "remediation.verify": ["system"],
  "session.read": ["security_analyst", "auditor", "administrator", "platform_engineer", "local_operator", "system"],
  "session.import": ["platform_engineer", "local_operator", "system"],
  "session.keep": ["system"],
  "audit.read": ["auditor", "security_analyst", "administrator", "local_operator", "system"],
  "audit.seal": ["system"],
  "evidence.read": ["campaign_manager", "auditor", "local_operator"],
  "evidence.export": ["campaign_manager", "auditor", "local_operator"],
  "evidence.build": ["system"],
  "notification.send": ["system"],
  "user.read": ["administrator", "auditor", "local_operator"],
  "user.manage": ["administrator", "local_operator"],
  "settings.manage": ["administrator", "local_operator"],
} as const satisfies Record<string, readonly Grantee[]>;

export type Permission = keyof typeof GRANTED_TO;
export const PERMISSIONS = Object.keys(GRANTED_TO) as Permission[];

/** Who a permission is granted to, for "which role would allow this" in refusals and for the matrix test. */
export const granteesOf = (permission: Permission): readonly Grantee[] => GRANTED_TO[permission];

export function can(actor: Actor, permission: Permission): boolean {
  const grantees = granteesOf(permission);
  switch (actor.kind) {
    case "user":
      return grantees.includes("signed_in") || actor.roles.some((role) => grantees.includes(role));
    case "local_operator":
      return grantees.includes("local_operator");
    case "system":
      return grantees.includes("system");
    case "visitor":
      return grantees.includes("visitor");
  }
}

/** First line of every command. Unknown means no. */
export function authorize(actor: Actor, permission: Permission): void {
  if (!can(actor, permission)) throw forbidden(permission);
}

/** Two roles that one user must not hold together, refused in both orders: who reviews or runs campaigns does not audit them, who approves does not administer. */
export const TOXIC_PAIRS: readonly (readonly [Role, Role])[] = [
  ["auditor", "campaign_manager"],
  ["auditor", "administrator"],
  ["auditor", "platform_engineer"],
  ["exception_approver", "administrator"],
];
