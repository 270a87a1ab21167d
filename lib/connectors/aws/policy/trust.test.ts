import { describe, expect, it } from "vitest";
import { parsePolicy } from "./document.ts";
import { trustsOf } from "./trust.ts";

const trusts = (principal: unknown, condition?: object, action: string | string[] = "sts:AssumeRole") =>
  trustsOf(
    parsePolicy({ Statement: [{ Effect: "Allow", Principal: principal, Action: action, ...(condition ? { Condition: condition } : {}) }] }),
  );

const GITHUB = { Federated: "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" };
const github = (sub?: string | string[], more: object = {}) =>
  trusts(
    GITHUB,
    {
      StringEquals: { "token.actions.githubusercontent.com:aud": "sts.amazonaws.com" },
      ...(sub === undefined ? {} : { StringLike: { "token.actions.githubusercontent.com:sub": sub } }),
      ...more,
    },
    "sts:AssumeRoleWithWebIdentity",
  );

describe("who may come in, and by whose word", () => {
  it.each<[string, unknown, object]>([
    ["a service", { Service: "ec2.amazonaws.com" }, { kind: "service", issuer: "ec2.amazonaws.com", tooBroad: null }],
    [
      "an account by its root",
      { AWS: "arn:aws:iam::123456789012:root" },
      { kind: "account", issuer: "AWS account 123456789012", account: "123456789012" },
    ],
    ["an account by its number", { AWS: "123456789012" }, { kind: "account", account: "123456789012" }],
    [
      "a user",
      { AWS: "arn:aws:iam::123456789012:user/ada" },
      { kind: "principal", account: "123456789012", subjectPattern: "arn:aws:iam::123456789012:user/ada" },
    ],
    ["somebody who was deleted", { AWS: "AIDAEXAMPLE" }, { kind: "principal", account: null }],
    ["a SAML provider", { Federated: "arn:aws:iam::123456789012:saml-provider/idp" }, { kind: "saml" }],
    ["anyone", "*", { kind: "anyone", tooBroad: "Anyone with an AWS account can assume this role." }],
  ])("%s", (_name, principal, expected) => expect(trusts(principal)).toEqual([expect.objectContaining(expected)]));

  it("reads subject and audience of an OIDC trust, and keeps what else it asks for", () => {
    expect(github("repo:acme/shop:ref:refs/heads/main", { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } })).toEqual([
      {
        kind: "oidc",
        issuer: "https://token.actions.githubusercontent.com",
        account: null,
        subjectPattern: "repo:acme/shop:ref:refs/heads/main",
        audience: "sts.amazonaws.com",
        conditions: [{ operator: "IpAddress", key: "aws:SourceIp", values: ["10.0.0.0/8"] }],
        tooBroad: null,
      },
    ]);
  });

  it("counts every principal of a statement, and no statement that denies or is about something else", () => {
    expect(trusts({ Service: ["ec2.amazonaws.com", "ssm.amazonaws.com"] })).toHaveLength(2);
    expect(trusts({ Service: "ec2.amazonaws.com" }, undefined, "sts:TagSession")).toEqual([]);
  });

  it("knows nothing of a trust policy that cannot be read, and says that", () => {
    expect(trustsOf(parsePolicy("%7B"))).toEqual([expect.objectContaining({ kind: "unknown" })]);
  });
});

describe("too broad, in words", () => {
  it.each<[string, string | string[] | undefined, string | null]>([
    ["no subject at all", undefined, "Any workflow of any repository on GitHub can assume this role."],
    ["any subject", "*", "Any workflow of any repository on GitHub can assume this role."],
    ["any repository", "repo:*", "Any branch of any repository on GitHub whose owner fits can assume this role."],
    ["any repository of an owner", "repo:acme/*", "Any branch of any matching repository of acme can assume this role."],
    ["any branch of one repository", "repo:acme/shop:*", "Any branch, tag or pull request of acme/shop can assume this role."],
    ["any ref", "repo:acme/shop:ref:refs/heads/*", "Any branch, tag or pull request of acme/shop can assume this role."],
    ["one branch", "repo:acme/shop:ref:refs/heads/main", null],
    ["one environment", "repo:acme/shop:environment:prod", null],
    [
      "a narrow one beside a broad one",
      ["repo:acme/shop:ref:refs/heads/main", "repo:acme/*"],
      "Any branch of any matching repository of acme can assume this role.",
    ],
  ])("%s", (_name, sub, expected) => expect(github(sub)[0]?.tooBroad).toBe(expected));

  it.each<[string, string, string | null]>([
    [
      "project_path:acme/*:ref_type:branch:ref:main",
      "https://gitlab.example.com",
      "Any branch of any project whose path fits acme/* can assume this role.",
    ],
    ["project_path:acme/shop:ref_type:branch:ref:*", "https://gitlab.example.com", "Any branch or tag of acme/shop can assume this role."],
    [
      "system:serviceaccount:*:app",
      "https://oidc.eks.eu-central-1.amazonaws.com/id/A",
      "Any service account of any matching namespace of the cluster can assume this role.",
    ],
    ["system:serviceaccount:shop:app", "https://oidc.eks.eu-central-1.amazonaws.com/id/A", null],
  ])("%s of %s", (sub, issuer, expected) => {
    const host = issuer.slice("https://".length);
    const [trust] = trusts({ Federated: `arn:aws:iam::123456789012:oidc-provider/${host}` }, { StringLike: { [`${host}:sub`]: sub } });
    expect(trust?.tooBroad).toBe(expected);
  });

  it("is not, where everyone is narrowed to an organisation", () => {
    expect(trusts("*", { StringEquals: { "aws:PrincipalOrgID": "o-1" } })[0]?.tooBroad).toBeNull();
  });
});
