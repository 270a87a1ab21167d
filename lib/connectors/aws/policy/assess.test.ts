import { describe, expect, it } from "vitest";
import { assessPolicy, privilegedTogether, type Risk } from "./assess.ts";

const allow = (action: string | string[], resource: string | string[] = "*", more: object = {}) => ({
  Statement: [{ Effect: "Allow", Action: action, Resource: resource, ...more }],
});
const mine = "arn:aws:iam::123456789012:role/build";

describe("privileged, by what stands in it", () => {
  it.each<[string, unknown, "yes" | "no" | "unknown", Risk | null]>([
    ["everything", allow("*"), "yes", "admin"],
    ["everything, service by service", allow("*:*"), "yes", "admin"],
    ["everything but billing", { Statement: [{ Effect: "Allow", NotAction: "aws-portal:*", Resource: "*" }] }, "yes", "admin"],
    ["everything with MFA", allow("*", "*", { Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } } }), "yes", "admin"],
    [
      "everything but identities",
      { Statement: [{ Effect: "Allow", NotAction: ["iam:*", "organizations:*"], Resource: "*" }] },
      "yes",
      "escalation",
    ],
    ["all of IAM", allow("iam:*"), "yes", "escalation"],
    ["rewriting any policy", allow("iam:CreatePolicyVersion"), "yes", "escalation"],
    ["rewriting one policy", allow("iam:CreatePolicyVersion", "arn:aws:iam::123456789012:policy/one"), "unknown", "escalation"],
    ["attaching policies to itself", allow("iam:AttachUserPolicy", "arn:aws:iam::*:user/$" + "{aws:username}"), "yes", "escalation"],
    ["making its own access keys", allow("iam:CreateAccessKey", "arn:aws:iam::*:user/$" + "{aws:username}"), "no", null],
    ["making anybody's access keys", allow("iam:CreateAccessKey"), "yes", "escalation"],
    ["handing any role to a function", allow(["iam:PassRole", "lambda:CreateFunction"]), "yes", "escalation"],
    [
      "handing one role to a function",
      { Statement: [...allow("lambda:CreateFunction").Statement, ...allow("iam:PassRole", mine).Statement] },
      "unknown",
      "escalation",
    ],
    ["handing a role, and nothing to hand it to", allow(["iam:PassRole", "s3:ListBucket"]), "no", null],
    [
      "handing roles to one service, and starting functions",
      {
        Statement: [
          ...allow("lambda:CreateFunction").Statement,
          ...allow("iam:PassRole", "*", { Condition: { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } } }).Statement,
        ],
      },
      "no",
      null,
    ],
    ["assuming every role", allow("sts:AssumeRole"), "yes", "escalation"],
    ["reading every secret", allow("secretsmanager:GetSecretValue"), "yes", "credentials"],
    [
      "reading its own secret",
      allow("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:eu-central-1:123456789012:secret:mine-*"),
      "no",
      null,
    ],
    [
      "reading secrets that bear a tag",
      allow("secretsmanager:GetSecretValue", "*", { Condition: { StringEquals: { "aws:ResourceTag/app": "x" } } }),
      "unknown",
      "credentials",
    ],
    ["opening any bucket", allow("s3:PutBucketPolicy"), "yes", "resource_policies"],
    ["reading every object", allow("s3:Get*"), "yes", "data"],
    ["reading one bucket", allow("s3:GetObject", "arn:aws:s3:::reports/*"), "no", null],
    ["listing things", allow(["ec2:Describe*", "s3:ListAllMyBuckets"]), "no", null],
    ["IAM to look at", allow(["iam:Get*", "iam:List*"]), "no", null],
    ["only denying", { Statement: [{ Effect: "Deny", Action: "*", Resource: "*" }] }, "no", null],
    [
      "allowed and denied again",
      { Statement: [...allow("iam:*").Statement, { Effect: "Deny", Action: "iam:*", Resource: "*" }] },
      "no",
      null,
    ],
    ["unreadable", "%7Bnot", "unknown", null],
  ])("%s", (_name, document, privileged, risk) => {
    const assessed = assessPolicy(document);
    expect(assessed.privileged).toBe(privileged);
    expect(assessed.reasons[0]?.risk ?? null).toBe(risk);
  });
});

describe("in plain words", () => {
  it.each<[string, unknown, string]>([
    ["an administrator", allow("*"), "Can do anything in the account: every action on every resource."],
    ["a reader", allow(["ec2:Describe*", "cloudwatch:Get*"]), "Can read EC2 (machines and networks); CloudWatch."],
    ["an operator", allow(["ec2:StartInstances", "ec2:Describe*"]), "Can change EC2 (machines and networks)."],
    [
      "the gravest first",
      allow(["s3:GetObject", "iam:PutUserPolicy"]),
      "Can write a policy into a user (PutUserPolicy). Can change what identities and the organisation may do. Can read every object in S3. Can change IAM (identities and policies). Can read S3 (storage).",
    ],
    ["what is limited to one bucket", allow("s3:PutObject", "arn:aws:s3:::reports/*"), "Can change S3 (storage), in part."],
    ["what is not known", "%7Bnot", "What it allows is unknown: its document cannot be read, it is not JSON."],
    ["nothing", { Statement: [] }, "Allows nothing: every statement denies."],
  ])("%s", (_name, document, meaning) => expect(assessPolicy(document).meaning).toBe(meaning));
});

it("never looks at a name: an administrator's policy that is called harmless is one all the same", () => {
  const named = { ...allow("*"), Id: "ReadOnlyHarmless" };
  expect(assessPolicy(named).privileged).toBe("yes");
});

it.each([
  [["no", "yes", "unknown"], "yes"],
  [["no", "unknown"], "unknown"],
  [["no", "no"], "no"],
  [[], "no"],
] as const)("%s held together is %s", (facts, expected) => expect(privilegedTogether(facts)).toBe(expected));
