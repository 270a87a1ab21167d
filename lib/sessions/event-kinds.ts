import type { EventKind, Fact } from "./types.ts";

/**
 * What a CloudTrail event is, by its service and name. Tables, so that a new call is a line. A read ("Get", "List", "Describe") is never more
 * than ordinary use, whatever it reads.
 */
const SIGN_INS = new Set(["ConsoleLogin", "UserAuthentication", "CredentialVerification"]);
const CHALLENGES = new Set(["CheckMfa", "CredentialChallenge"]);
const TOKENS = new Set([
  "AssumeRole",
  "AssumeRoleWithSAML",
  "AssumeRoleWithWebIdentity",
  "AssumeRoot",
  "GetSessionToken",
  "GetFederationToken",
  "SwitchRole",
]);
/** Calls that give somebody more than they had: a right, or another way to use one. */
const GRANTS = new Set([
  "AddRoleToInstanceProfile",
  "AddUserToGroup",
  "AttachGroupPolicy",
  "AttachRolePolicy",
  "AttachUserPolicy",
  "CreateAccessKey",
  "CreateAccountAssignment",
  "CreateLoginProfile",
  "CreatePolicyVersion",
  "CreateRole",
  "CreateUser",
  "DeactivateMFADevice",
  "DeleteRolePermissionsBoundary",
  "DeleteUserPermissionsBoundary",
  "PutGroupPolicy",
  "PutRolePolicy",
  "PutUserPolicy",
  "SetDefaultPolicyVersion",
  "UpdateAssumeRolePolicy",
  "UpdateLoginProfile",
]);
/** Services whose every change is a change to who may do what. */
const OF_PRIVILEGE = new Set([
  "iam.amazonaws.com",
  "organizations.amazonaws.com",
  "sso.amazonaws.com",
  "sso-directory.amazonaws.com",
  "rolesanywhere.amazonaws.com",
]);
const IS_READ = /^(Get|List|Describe|Head|BatchGet|Search|Lookup|Simulate|Generate|Decode)/;
/** Calls that change nothing, by how their names begin: those, and some that only ask or use a key. As a regular expression of PostgreSQL. */
export const READ_CALLS = `${IS_READ.source}|^(Query|Scan|Select|Check|Test|Validate|Verify|View|Filter|Preview|Estimate|Decrypt|Encrypt|Sign|StartQuery)`;

export type CallFacts = { service: string; name: string; succeeded: boolean; isReadOnly: boolean | null; isRoot: boolean };

/** What was tried: a refused change of who may do what is still one, with its outcome beside it. */
export function kindOf({ service, name, isReadOnly }: CallFacts): EventKind {
  if (SIGN_INS.has(name)) return "sign_in";
  if (CHALLENGES.has(name)) return "challenge";
  if (TOKENS.has(name)) return "token_issued";
  if (IS_READ.test(name) || isReadOnly === true || !OF_PRIVILEGE.has(service)) return "other";
  return GRANTS.has(name) ? "privilege_granted" : "privilege_used";
}

/**
 * Whether the event alone shows privilege: whatever the root does, and a change to who may do what that went through. What a role or user
 * could have done besides is the inventory's to say, so everything else is unknown.
 */
export function shownPrivilege(call: CallFacts): Fact {
  if (call.isRoot) return "yes";
  if (!call.succeeded) return "unknown";
  const kind = kindOf(call);
  return kind === "privilege_granted" || kind === "privilege_used" ? "yes" : "unknown";
}
