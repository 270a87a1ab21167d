import { z } from "zod";
import { SourceError } from "../contract.ts";

/** An instant as the CLI prints it (with a space or a T) or as the SDK gives it. */
const instant = z
  .union([z.string(), z.date()])
  .transform((given) => new Date(typeof given === "string" ? given.replace(/^(\d{4}-\d\d-\d\d) /, "$1T") : given))
  .refine((date) => !Number.isNaN(date.getTime()), "an instant")
  .transform((date) => date.toISOString());

const word = z.string().min(1).max(2_048);
const arn = z
  .string()
  .regex(/^arn:aws[a-z-]*:iam::(\d{12}|aws):[\w+=,.@/:-]+$/, "an ARN of IAM")
  .max(2_048);
const tags = z
  .array(z.object({ Key: z.string(), Value: z.string() }))
  .nullish()
  .transform(nothing);
const attached = z
  .array(z.object({ PolicyName: word, PolicyArn: arn }))
  .nullish()
  .transform(nothing);
const inline = z
  .array(z.object({ PolicyName: word, PolicyDocument: z.unknown() }))
  .nullish()
  .transform(nothing);
const boundary = z.object({ PermissionsBoundaryArn: z.string().optional() }).nullish();

function nothing<Item>(list: Item[] | null | undefined): Item[] {
  return list ?? [];
}

const user = z.object({
  Arn: arn,
  UserName: word,
  CreateDate: instant,
  GroupList: z.array(word).nullish().transform(nothing),
  AttachedManagedPolicies: attached,
  UserPolicyList: inline,
  PermissionsBoundary: boundary,
  Tags: tags,
});
const group = z.object({ Arn: arn, GroupName: word, CreateDate: instant, AttachedManagedPolicies: attached, GroupPolicyList: inline });
const role = z.object({
  Arn: arn,
  RoleName: word,
  Path: z.string().default("/"),
  CreateDate: instant,
  AssumeRolePolicyDocument: z.unknown(),
  AttachedManagedPolicies: attached,
  RolePolicyList: inline,
  PermissionsBoundary: boundary,
  /** Absent: this export does not tell. Empty: no use within the 400 days that AWS looks back. */
  RoleLastUsed: z.object({ LastUsedDate: instant.optional() }).nullish(),
  Tags: tags,
});
const version = z.object({ Document: z.unknown(), VersionId: word, IsDefaultVersion: z.boolean() });
const policy = z.object({ Arn: arn, PolicyName: word, PolicyVersionList: z.array(version).nullish().transform(nothing) });

/** What GetAccountAuthorizationDetails answers, whole or one page of it. Whatever else stands there is not read. */
export const authorizationDetails = z.object({
  UserDetailList: z.array(user),
  GroupDetailList: z.array(group),
  RoleDetailList: z.array(role),
  Policies: z.array(policy),
});
export type AuthorizationDetails = z.infer<typeof authorizationDetails>;
export type UserDetail = AuthorizationDetails["UserDetailList"][number];
export type GroupDetail = AuthorizationDetails["GroupDetailList"][number];
export type RoleDetail = AuthorizationDetails["RoleDetailList"][number];
export type PolicyDetail = AuthorizationDetails["Policies"][number];
export type InlinePolicy = UserDetail["UserPolicyList"][number];

/** Names the entry that is not as it should be; never its contents. */
export function parseDetails(given: unknown, where: string): AuthorizationDetails {
  const parsed = authorizationDetails.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue?.path.map(String).join(".") || "the top";
  throw new SourceError(
    `${where}: ${place} is not as GetAccountAuthorizationDetails writes it (${issue?.message ?? "invalid"}). Export it again with the AWS CLI.`,
    { where },
  );
}

export const accountOf = (arnText: string): string => arnText.split(":")[4] ?? "";
export const partitionOf = (arnText: string): string => arnText.split(":")[1] ?? "aws";
