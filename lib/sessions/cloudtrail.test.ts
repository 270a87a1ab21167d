import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readCloudtrail } from "./cloudtrail.ts";
import { hasSampleLogs, ruleSamples, trailFiles } from "./sample-logs.ts";
import type { AccessEvent } from "./types.ts";

const AT = "2026-11-20T09:00:00Z";
const USER = { type: "IAMUser", arn: "arn:aws:iam::1:user/mara", userName: "mara", accessKeyId: "AKIAMARA" };
const ROLE = {
  type: "AssumedRole",
  arn: "arn:aws:sts::1:assumed-role/deploy/mara@example.test",
  accessKeyId: "ASIADEPLOY",
  sessionContext: {
    sessionIssuer: { arn: "arn:aws:iam::1:role/ci/deploy", userName: "deploy" },
    attributes: { creationDate: "2026-11-20T08:30:00Z", mfaAuthenticated: "true" },
  },
};
const record = (more: Record<string, unknown> = {}) => ({
  eventID: "e1",
  eventTime: AT,
  eventSource: "ec2.amazonaws.com",
  eventName: "DescribeInstances",
  userIdentity: USER,
  sourceIPAddress: "192.0.2.7",
  userAgent: "aws-cli/2",
  ...more,
});
const assume = (more: Record<string, unknown> = {}) =>
  record({
    eventSource: "sts.amazonaws.com",
    eventName: "AssumeRole",
    requestParameters: { roleArn: "arn:aws:iam::1:role/ci/deploy", roleSessionName: "mara@example.test" },
    responseElements: { credentials: { accessKeyId: "ASIADEPLOY", expiration: "Nov 20, 2026, 10:00:00 AM" } },
    ...more,
  });
const signIn = (more: Record<string, unknown> = {}) =>
  record({
    eventSource: "signin.amazonaws.com",
    eventName: "ConsoleLogin",
    userIdentity: { ...USER, accessKeyId: "" },
    responseElements: { ConsoleLogin: "Success" },
    additionalEventData: { MFAUsed: "Yes" },
    ...more,
  });

function read(value: unknown): AccessEvent {
  const found = readCloudtrail(value);
  if ("refusal" in found) throw new Error(found.refusal);
  return found.event;
}

describe("an event's kind, and whether it shows privilege", () => {
  const iam = (eventName: string, more = {}) => record({ eventSource: "iam.amazonaws.com", eventName, ...more });
  it.each<[string, unknown, Partial<AccessEvent>]>([
    ["a read", record(), { kind: "other", privileged: "unknown", outcome: "success" }],
    ["a read of IAM", iam("GetUser"), { kind: "other", privileged: "unknown" }],
    ["an attached policy", iam("AttachUserPolicy"), { kind: "privilege_granted", privileged: "yes" }],
    [
      "an attached policy that was refused",
      iam("AttachUserPolicy", { errorCode: "AccessDenied" }),
      { kind: "privilege_granted", privileged: "unknown", outcome: "failure" },
    ],
    ["a deleted user", iam("DeleteUser"), { kind: "privilege_used", privileged: "yes" }],
    ["an assumed role", assume(), { kind: "token_issued", privileged: "unknown" }],
    [
      "a refused role",
      assume({ errorCode: "AccessDenied", responseElements: null }),
      { kind: "token_issued", outcome: "failure", error: "AccessDenied", issuedKey: null },
    ],
    ["a console sign-in", signIn(), { kind: "sign_in", outcome: "success", mfa: "yes" }],
    [
      "a failed console sign-in",
      signIn({ responseElements: { ConsoleLogin: "Failure" }, errorMessage: "Failed authentication" }),
      { kind: "sign_in", outcome: "failure" },
    ],
    ["a challenge", signIn({ eventName: "CheckMfa", responseElements: { CheckMfa: "Success" } }), { kind: "challenge" }],
    [
      "whatever the root does",
      record({ userIdentity: { type: "Root", arn: "arn:aws:iam::1:root" } }),
      { kind: "other", privileged: "yes", principalName: "root" },
    ],
  ])("%s", (_name, given, expected) => {
    expect(read(given)).toMatchObject(expected);
  });
});

describe("the factor", () => {
  it.each<[string, unknown, AccessEvent["mfa"]]>([
    ["of a long-lived key is none", record(), "no"],
    ["is what the session says", record({ userIdentity: ROLE }), "yes"],
    ["is unknown where nothing says so", record({ userIdentity: { ...USER, accessKeyId: "ASIATEMP" } }), "unknown"],
    ["of a sign-in without one", signIn({ additionalEventData: { MFAUsed: "No" } }), "no"],
    [
      "of a token asked for with one",
      record({ eventName: "GetSessionToken", requestParameters: { serialNumber: "arn:aws:iam::1:mfa/mara" } }),
      "yes",
    ],
  ])("%s", (_name, given, expected) => {
    expect(read(given).mfa).toBe(expected);
  });
});

describe("the session", () => {
  it("of a long-lived key is a day of its use", () => {
    expect(read(record())).toMatchObject({ sessionKey: "AKIAMARA@2026-11-20", sessionStartedAt: null, authenticatedBy: "access key" });
  });

  it("that a role was given is the one that the role's own calls name, with and without the answer's words", () => {
    const issued = read(assume({ eventTime: "2026-11-20T08:30:00Z" }));
    const answered = read(
      assume({ eventTime: "2026-11-20T08:30:00Z", responseElements: { assumedRoleUser: { arn: ROLE.arn }, credentials: {} } }),
    );
    const used = read(record({ userIdentity: ROLE }));
    expect(issued.issuedKey).toBe(used.sessionKey);
    expect(answered.issuedKey).toBe(used.sessionKey);
    expect(issued).toMatchObject({
      issuedExpiresAt: "2026-11-20T10:00:00.000Z",
      target: used.principal,
      sessionKey: "AKIAMARA@2026-11-20",
    });
    expect(used).toMatchObject({ principal: "arn:aws:iam::1:role/ci/deploy", principalName: "deploy", authenticatedBy: "assumed role" });
  });

  it("of a console sign-in begins with it", () => {
    expect(read(signIn())).toMatchObject({ sessionKey: `${USER.arn}@2026-11-20T09:00:00.000Z`, authenticatedBy: "console sign-in" });
  });

  it("of a service of the cloud is none", () => {
    const event = read(record({ userIdentity: { type: "AWSService", invokedBy: "ec2.amazonaws.com" } }));
    expect(event).toMatchObject({ sessionKey: null, principal: null, principalName: "ec2.amazonaws.com" });
    expect(read(record({ userIdentity: null })).sessionKey).toBeNull();
  });
});

it.each<[string, unknown, RegExp]>([
  ["without an id", record({ eventID: undefined }), /^eventID is missing$/],
  ["of a day that is none", record({ eventTime: "2026-02-30T00:00:00Z" }), /^eventTime/],
  ["of a year that no log has", record({ eventTime: "0000-01-01T00:00:00Z" }), /^eventTime: this is no time of a log$/],
  ["that is a list", [], /^the record/],
  ["that is null", null, /^the record/],
  ["whose identity is text", record({ userIdentity: "root" }), /^userIdentity/],
])("a record %s is refused with the reason", (_name, given, message) => {
  expect(readCloudtrail(given)).toEqual({ refusal: expect.stringMatching(message) });
});

describe.skipIf(!hasSampleLogs)("real logs (skipped where ../shared/data is absent)", () => {
  it("of an attack day are all read, each record as an event", () => {
    const records = trailFiles().flatMap((file) => (JSON.parse(readFileSync(file, "utf8")) as { Records: unknown[] }).Records);
    const events = records.map(read);
    expect(events).toHaveLength(2093);
    const keys = new Set(events.map(({ sessionKey }) => sessionKey));
    const issued = events.filter(({ issuedKey }) => issuedKey !== null);
    expect(issued.length).toBeGreaterThan(10);
    // Roles that somebody assumed and then used: the two ends meet.
    expect(issued.filter(({ issuedKey }) => keys.has(issuedKey)).length).toBeGreaterThan(8);
    expect(events.filter(({ kind }) => kind === "privilege_granted").length).toBeGreaterThan(20);
  });

  it("of another maker are read, or refused with a reason, never thrown at", () => {
    const results = ruleSamples().map(({ log }) => readCloudtrail(log));
    expect(results.length).toBeGreaterThan(100);
    expect(results.filter((result) => "event" in result).length).toBeGreaterThan(results.length / 2);
    for (const result of results) if ("refusal" in result) expect(result.refusal).not.toBe("");
  });
});
