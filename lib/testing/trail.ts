import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";

/** CloudTrail records for tests: small, and as AWS writes them where it matters here. */
export type Trail = Record<string, unknown>[];

const ACCOUNT = "123456789012";
export const userArn = (name: string): string => `arn:aws:iam::${ACCOUNT}:user/${name}`;
export const roleArn = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`;

const base = (id: string, at: string, more: Record<string, unknown>) => ({
  eventVersion: "1.09",
  eventID: id,
  eventTime: at,
  awsRegion: "eu-central-1",
  sourceIPAddress: "192.0.2.7",
  userAgent: "aws-cli/2.15",
  ...more,
});

/** A call with a long-lived key. */
export const call = (id: string, at: string, user: string, name = "DescribeInstances", service = "ec2") =>
  base(id, at, {
    eventSource: `${service}.amazonaws.com`,
    eventName: name,
    userIdentity: { type: "IAMUser", arn: userArn(user), userName: user, accessKeyId: `AKIA${user.toUpperCase()}` },
  });

export const consoleSignIn = (id: string, at: string, user: string, mfa: "Yes" | "No" = "Yes") =>
  base(id, at, {
    eventSource: "signin.amazonaws.com",
    eventName: "ConsoleLogin",
    userIdentity: { type: "IAMUser", arn: userArn(user), userName: user },
    responseElements: { ConsoleLogin: "Success" },
    additionalEventData: { MFAUsed: mfa },
  });

const sessionArn = (role: string, session: string) => `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${session}`;

export const assumeRole = (id: string, at: string, user: string, role: string, expires?: string) => ({
  ...call(id, at, user, "AssumeRole", "sts"),
  requestParameters: { roleArn: roleArn(role), roleSessionName: user },
  responseElements: {
    assumedRoleUser: { arn: sessionArn(role, user) },
    credentials: { accessKeyId: `ASIA${role.toUpperCase()}`, ...(expires ? { expiration: expires } : {}) },
  },
});

/** A call as a role whose session began at `since`. */
export const callAs = (
  id: string,
  at: string,
  who: { role: string; session: string; since: string },
  name = "DescribeInstances",
  service = "ec2",
) =>
  base(id, at, {
    eventSource: `${service}.amazonaws.com`,
    eventName: name,
    userIdentity: {
      type: "AssumedRole",
      arn: sessionArn(who.role, who.session),
      accessKeyId: `ASIA${who.role.toUpperCase()}`,
      sessionContext: {
        sessionIssuer: { arn: roleArn(who.role), userName: who.role },
        attributes: { creationDate: who.since, mfaAuthenticated: "false" },
      },
    },
  });

export const logOf = (records: readonly unknown[]): Readable => Readable.from([Buffer.from(JSON.stringify({ Records: records }))]);
export const packedLogOf = (records: readonly unknown[]): Readable => Readable.from([gzipSync(JSON.stringify({ Records: records }))]);
