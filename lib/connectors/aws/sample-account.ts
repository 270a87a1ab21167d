import { existsSync } from "node:fs";
import path from "node:path";

/** For tests only: one small account of our own making, as GetAccountAuthorizationDetails and the credential report would tell of it. */
export const ACCOUNT = "123456789012";
const arn = (rest: string) => `arn:aws:iam::${ACCOUNT}:${rest}`;
export const ARNS = {
  ada: arn("user/ada"),
  robot: arn("user/build/robot"),
  idle: arn("user/idle"),
  admins: arn("group/admins"),
  deploy: arn("role/deploy"),
  pipeline: arn("role/pipeline"),
  machine: arn("role/machine"),
  boundary: arn("policy/boundary"),
  operators: arn("policy/operators"),
  root: arn("root"),
} as const;

const document = (...statements: object[]) => ({ Version: "2012-10-17", Statement: statements });
const allow = (action: string | string[], resource: string | string[] = "*") => ({ Effect: "Allow", Action: action, Resource: resource });
const trust = (principal: object, action: string, condition?: object) =>
  document({ Effect: "Allow", Principal: principal, Action: action, ...(condition ? { Condition: condition } : {}) });
const made = (name: string, of: string, id: string) => ({
  Path: "/",
  [`${of}Name`]: name,
  [`${of}Id`]: id,
  CreateDate: "2024-01-02T03:04:05+00:00",
});
const attach = (policyArn: string) => ({ PolicyName: policyArn.slice(policyArn.lastIndexOf("/") + 1), PolicyArn: policyArn });
const GITHUB = "token.actions.githubusercontent.com";

export const DETAILS = {
  UserDetailList: [
    {
      ...made("ada", "User", "AIDAADA"),
      Arn: ARNS.ada,
      GroupList: ["admins"],
      AttachedManagedPolicies: [],
      Tags: [
        { Key: "Owner", Value: "ada@example.com" },
        { Key: "environment", Value: "prod" },
      ],
    },
    {
      ...made("robot", "User", "AIDAROBOT"),
      Path: "/build/",
      Arn: ARNS.robot,
      GroupList: [],
      AttachedManagedPolicies: [attach(ARNS.operators)],
      UserPolicyList: [{ PolicyName: "may-deploy", PolicyDocument: document(allow("sts:AssumeRole", ARNS.deploy)) }],
      PermissionsBoundary: { PermissionsBoundaryType: "Policy", PermissionsBoundaryArn: ARNS.boundary },
      Tags: [],
    },
    { ...made("idle", "User", "AIDAIDLE"), Arn: ARNS.idle, GroupList: [], AttachedManagedPolicies: [], Tags: [] },
  ],
  GroupDetailList: [
    {
      ...made("admins", "Group", "AGPAADMINS"),
      Arn: ARNS.admins,
      GroupPolicyList: [],
      AttachedManagedPolicies: [attach("arn:aws:iam::aws:policy/AdministratorAccess")],
    },
  ],
  RoleDetailList: [
    {
      ...made("deploy", "Role", "AROADEPLOY"),
      Arn: ARNS.deploy,
      AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(trust({ AWS: arn("root") }, "sts:AssumeRole"))),
      RolePolicyList: [{ PolicyName: "deploys", PolicyDocument: document(allow(["ecs:UpdateService", "ecs:Describe*"])) }],
      AttachedManagedPolicies: [],
      RoleLastUsed: { LastUsedDate: "2026-11-19T08:00:00+00:00", Region: "eu-central-1" },
      Tags: [],
    },
    {
      ...made("pipeline", "Role", "AROAPIPELINE"),
      Arn: ARNS.pipeline,
      AssumeRolePolicyDocument: trust({ Federated: arn(`oidc-provider/${GITHUB}`) }, "sts:AssumeRoleWithWebIdentity", {
        StringLike: { [`${GITHUB}:sub`]: "repo:acme/*" },
        StringEquals: { [`${GITHUB}:aud`]: "sts.amazonaws.com" },
      }),
      RolePolicyList: [],
      AttachedManagedPolicies: [attach(ARNS.operators)],
      RoleLastUsed: {},
      Tags: [],
    },
    {
      ...made("machine", "Role", "AROAMACHINE"),
      Arn: ARNS.machine,
      AssumeRolePolicyDocument: document(
        { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
        {
          Effect: "Allow",
          Principal: { AWS: ARNS.robot },
          Action: "sts:AssumeRole",
          Condition: { StringEquals: { "sts:ExternalId": "x-1" } },
        },
      ),
      RolePolicyList: [],
      AttachedManagedPolicies: [],
      Tags: [],
    },
  ],
  Policies: [
    policy("arn:aws:iam::aws:policy/AdministratorAccess", document(allow("*"))),
    policy(ARNS.operators, document(allow(["ec2:StartInstances", "ec2:Describe*"]))),
    policy(ARNS.boundary, document(allow("ec2:*"))),
  ],
};

function policy(policyArn: string, current: object) {
  const old = { Document: document(allow("*")), VersionId: "v1", IsDefaultVersion: false, CreateDate: "2024-01-02T03:04:05+00:00" };
  return {
    PolicyName: policyArn.slice(policyArn.lastIndexOf("/") + 1),
    Arn: policyArn,
    DefaultVersionId: "v2",
    PolicyVersionList: [{ Document: current, VersionId: "v2", IsDefaultVersion: true, CreateDate: "2024-05-02T03:04:05+00:00" }, old],
  };
}

const COLUMNS =
  "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated";
const MADE = "2024-01-02T03:04:05+00:00";
const NO_KEY = ["FALSE", "N/A", "N/A", "N/A", "N/A"];
const NO_CERTIFICATES = ["FALSE", "N/A", "FALSE", "N/A"];

export const REPORT = [
  COLUMNS,
  [
    "<root_account>",
    ARNS.root,
    MADE,
    "not_supported",
    "no_information",
    "not_supported",
    "not_supported",
    "TRUE",
    ...NO_KEY,
    ...NO_KEY,
    ...NO_CERTIFICATES,
  ].join(","),
  [
    "ada",
    ARNS.ada,
    MADE,
    "TRUE",
    "2026-11-18T09:00:00+00:00",
    "2026-01-05T10:00:00+00:00",
    "N/A",
    "TRUE",
    ...NO_KEY,
    ...NO_KEY,
    ...NO_CERTIFICATES,
  ].join(","),
  [
    ...["robot", ARNS.robot, MADE, "FALSE", "N/A", "N/A", "N/A", "FALSE"],
    ...["TRUE", "2025-06-01T00:00:00+00:00", "2026-11-19T23:00:00+00:00", "eu-central-1", "ecs"],
    ...["TRUE", "2025-07-01T00:00:00+00:00", "N/A", "N/A", "N/A"],
    ...["TRUE", "2025-08-01T00:00:00+00:00", "FALSE", "N/A"],
  ].join(","),
  [
    ...["idle", ARNS.idle, MADE, "FALSE", "N/A", "N/A", "N/A", "FALSE"],
    ...["FALSE", "2014-06-01T00:00:00+00:00", "N/A", "N/A", "N/A", ...NO_KEY, ...NO_CERTIFICATES],
  ].join(","),
].join("\n");

export const DEVICES = {
  VirtualMFADevices: [
    {
      SerialNumber: `arn:aws:iam::${ACCOUNT}:mfa/ada`,
      User: { UserName: "ada", UserId: "AIDAADA", Arn: ARNS.ada },
      EnableDate: "2025-02-03T04:05:06+00:00",
    },
    { SerialNumber: `arn:aws:iam::${ACCOUNT}:mfa/nobody` },
  ],
};
export const SUMMARY = { SummaryMap: { Users: 3, Groups: 1, Roles: 3, Policies: 2 } };

const SHARED = path.join(import.meta.dirname, "../../../../shared/data");
export const EXPORTS = ["test_files_example-authz-details.json", "test_files_example_authz_v2.json"].map((name) => ({
  name,
  path: path.join(SHARED, "cloudsplaining-gaad", name),
}));
export const EXAMPLES = path.join(SHARED, "aws-iam-model/iam-2010-05-08.examples.json");

/** Exports and examples that nobody here wrote, kept outside the repository. */
export const hasExports = existsSync(EXPORTS[0]?.path ?? "");
export const hasExamples = existsSync(EXAMPLES);
if (!hasExports || !hasExamples) console.warn("Skipped: the exports and examples of AWS (../shared/data) are not here.");
