import { describe, expect, it } from "vitest";
import { parsePolicy } from "./document.ts";
import { allowsOn, type Extent, extentOf, isEverywhere, passedTo } from "./reach.ts";

const documentOf = (...statements: object[]) => {
  const parsed = parsePolicy({ Statement: statements });
  if (parsed.kind !== "document") throw new Error(parsed.reason);
  return parsed;
};
const allow = (more: object = {}) => ({ Effect: "Allow", Action: "iam:AttachUserPolicy", Resource: "*", ...more });
const deny = (more: object = {}) => ({ ...allow(more), Effect: "Deny" });
const mfa = { Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } } };
const noMfa = { Condition: { BoolIfExists: { "aws:MultiFactorAuthPresent": "false" } } };
const tagged = { Condition: { StringEquals: { "aws:ResourceTag/team": "payments" } } };

describe("how far one action goes", () => {
  it.each<[string, object[], Extent]>([
    ["nothing said of it", [allow({ Action: "s3:*" })], "nowhere"],
    ["allowed on everything", [allow()], "everywhere"],
    ["allowed by a wildcard", [allow({ Action: "iam:Attach*" })], "everywhere"],
    ["allowed since it is not excepted", [allow({ Action: undefined, NotAction: "s3:*" })], "everywhere"],
    ["excepted from what is allowed", [allow({ Action: undefined, NotAction: "iam:*" })], "nowhere"],
    ["allowed on all users of the account", [allow({ Resource: "arn:aws:iam::123456789012:user/*" })], "everywhere"],
    ["allowed on one user", [allow({ Resource: "arn:aws:iam::123456789012:user/ada" })], "named"],
    ["allowed on users of a path", [allow({ Resource: "arn:aws:iam::123456789012:user/team/*" })], "named"],
    ["allowed on all but one", [allow({ Resource: undefined, NotResource: "arn:aws:iam::123456789012:user/ada" })], "everywhere"],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of AWS's policies
    ["allowed on oneself", [allow({ Resource: "arn:aws:iam::*:user/${aws:username}" })], "own"],
    ["allowed with MFA, which its holder can have", [allow(mfa)], "everywhere"],
    ["allowed on what bears a tag", [allow(tagged)], "depends"],
    ["the widest of several", [allow(tagged), allow({ Resource: "arn:aws:iam::123456789012:user/ada" })], "named"],
    ["denied altogether", [allow(), deny({ Action: "iam:*" })], "nowhere"],
    ["denied without MFA only", [allow(), deny(noMfa)], "everywhere"],
    ["denied on what bears a tag", [allow(), deny(tagged)], "depends"],
    ["denied on one user of all", [allow(), deny({ Resource: "arn:aws:iam::123456789012:user/ada" })], "everywhere"],
    [
      "denied on the one user that it was allowed on",
      [allow({ Resource: "arn:aws:iam::123456789012:user/ada" }), deny({ Resource: "arn:aws:iam::*:user/*" })],
      "nowhere",
    ],
    ["denied for everything else", [allow(), deny({ Action: undefined, NotAction: "iam:*" })], "everywhere"],
  ])("%s", (_name, statements, expected) => expect(extentOf(documentOf(...statements), "iam:AttachUserPolicy")).toBe(expected));
});

describe("a role handed to a service", () => {
  const pass = (services: string[], operator = "StringEquals") =>
    documentOf({ Effect: "Allow", Action: "iam:PassRole", Resource: "*", Condition: { [operator]: { "iam:PassedToService": services } } });
  it.each<[string, ReturnType<typeof pass>, Extent]>([
    ["this one among others", pass(["ecs.amazonaws.com", "lambda.amazonaws.com"]), "everywhere"],
    ["another one", pass(["ecs.amazonaws.com"]), "nowhere"],
    ["by a pattern", pass(["*.amazonaws.com"], "StringLike"), "everywhere"],
    ["all but some", pass(["ecs.amazonaws.com"], "StringNotEquals"), "depends"],
  ])("%s", (_name, document, expected) => expect(extentOf(document, "iam:PassRole", passedTo("lambda.amazonaws.com"))).toBe(expected));
});

describe("one action on one resource", () => {
  const role = "arn:aws:iam::123456789012:role/deploy";
  const assume = (more: object = {}) => ({ Effect: "Allow", Action: "sts:AssumeRole", Resource: role, ...more });
  it.each<[string, object[], string]>([
    ["named", [assume()], "yes"],
    ["by a wildcard", [assume({ Resource: "arn:aws:iam::*:role/*" })], "yes"],
    ["another one", [assume({ Resource: "arn:aws:iam::123456789012:role/other" })], "no"],
    ["under a condition on the resource", [assume(tagged)], "depends"],
    ["denied", [assume(), { ...assume(), Effect: "Deny" }], "no"],
    [
      "denied from another network",
      [assume(), { ...assume({ Condition: { NotIpAddress: { "aws:SourceIp": "10.0.0.0/8" } } }), Effect: "Deny" }],
      "yes",
    ],
    ["denied under a condition on the resource", [assume(), { ...assume(tagged), Effect: "Deny" }], "depends"],
  ])("%s", (_name, statements, expected) => expect(allowsOn(documentOf(...statements), "sts:AssumeRole", role)).toBe(expected));
});

it.each<[string, boolean]>([
  ["*", true],
  ["arn:aws:iam::*:role/*", true],
  ["arn:aws:iam::123456789012:*", true],
  ["arn:aws:s3:::*", true],
  ["arn:aws:s3:::*/*", true],
  ["arn:aws:s3:::logs/*", false],
  ["arn:aws:secretsmanager:*:*:secret:*", true],
  ["arn:aws:secretsmanager:*:*:secret:prod/*", false],
  ["arn:aws:iam::*:role/service-role/*", false],
])("%s leaves nothing of its kind out: %s", (pattern, expected) => expect(isEverywhere(pattern)).toBe(expected));
