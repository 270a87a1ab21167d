import { z } from "zod";
import { type CallFacts, kindOf, shownPrivilege } from "./event-kinds.ts";
import type { AccessEvent, EventOutcome, Fact, ReadRecord } from "./types.ts";

const text = z.string().max(2_048);
const maybe = text.nullish();
/** Years that no log can tell of are refused here: the database would refuse the whole file for them. */
const instant = z.iso.datetime({ offset: true }).refine((told) => /^(19[89]|20)/.test(told), "this is no time of a log");
const bag = z.record(z.string(), z.unknown()).nullish().catch(null);

/** Of a CloudTrail record only what a session is made of; requests and answers may hold anything and are not kept. */
const cloudtrailRecord = z.object({
  eventID: text.min(1),
  eventTime: instant,
  eventSource: text.min(1),
  eventName: text.min(1),
  readOnly: z.union([z.boolean(), z.enum(["true", "false"]).transform((word) => word === "true")]).nullish(),
  errorCode: maybe,
  errorMessage: z.string().nullish(),
  sourceIPAddress: maybe,
  userAgent: z.string().nullish(),
  userIdentity: z
    .object({
      type: maybe,
      arn: maybe,
      accountId: maybe,
      userName: maybe,
      accessKeyId: maybe,
      invokedBy: maybe,
      sessionContext: z
        .object({
          sessionIssuer: z.object({ arn: maybe, userName: maybe }).nullish(),
          attributes: z.object({ creationDate: instant.nullish(), mfaAuthenticated: maybe }).nullish(),
        })
        .nullish(),
    })
    .nullish(),
  sessionCredentialFromConsole: maybe,
  requestParameters: bag,
  responseElements: bag,
  additionalEventData: bag,
});
type CloudtrailRecord = z.infer<typeof cloudtrailRecord>;

/** One record of a CloudTrail log as an access event, or the reason why it is none. */
export function readCloudtrail(record: unknown): ReadRecord {
  const parsed = cloudtrailRecord.safeParse(record);
  if (!parsed.success) return { refusal: refusalOf(parsed.error) };
  return { event: eventOf(parsed.data) };
}

function refusalOf(error: z.ZodError): string {
  const [issue] = error.issues;
  const name = issue?.path.join(".") || "the record";
  return issue?.code === "invalid_type" && /undefined$/.test(issue.message)
    ? `${name} is missing`
    : `${name}: ${issue?.message ?? "unreadable"}`;
}

function eventOf(record: CloudtrailRecord): AccessEvent {
  const { userIdentity: who, eventName: name, eventSource: service } = record;
  const attributes = who?.sessionContext?.attributes;
  const outcome = outcomeOf(record);
  const call: CallFacts = {
    service,
    name,
    succeeded: outcome !== "failure",
    isReadOnly: record.readOnly ?? null,
    isRoot: who?.type === "Root" && !who.invokedBy,
  };
  const issuer = who?.sessionContext?.sessionIssuer;
  const startedAt = attributes?.creationDate ?? (call.succeeded && name === "ConsoleLogin" ? record.eventTime : null);
  return {
    eventId: record.eventID,
    occurredAt: utc(record.eventTime),
    kind: kindOf(call),
    action: `${service.replace(/\.amazonaws\.com$/, "")}:${name}`,
    outcome,
    privileged: shownPrivilege(call),
    mfa: mfaOf(record),
    principal: issuer?.arn ?? who?.arn ?? who?.userName ?? null,
    principalName: issuer?.userName ?? who?.userName ?? (who?.type === "Root" ? "root" : (who?.invokedBy ?? null)),
    sessionKey: sessionKeyOf(record, startedAt),
    sessionStartedAt: startedAt ? utc(startedAt) : null,
    authenticatedBy: authenticatedBy(record),
    credential: who?.accessKeyId || null,
    target: stringIn(record.requestParameters, "roleArn"),
    address: record.sourceIPAddress ?? null,
    client: record.userAgent?.slice(0, 500) ?? null,
    error: record.errorCode ?? (outcome === "failure" ? (record.errorMessage?.slice(0, 200) ?? null) : null),
    ...(outcome === "failure" ? NOTHING_ISSUED : issuedBy(record)),
  };
}

/** What the log writes as a rule is only filled up: dates cost more than all else here. */
const utc = (at: string): string => (at.length === 20 && at.endsWith("Z") ? `${at.slice(0, 19)}.000Z` : new Date(at).toISOString());
const stringIn = (of: Record<string, unknown> | null | undefined, key: string): string | null => {
  const value = of?.[key];
  return typeof value === "string" && value !== "" ? value.slice(0, 2_048) : null;
};

function outcomeOf({ errorCode, errorMessage, eventName, responseElements }: CloudtrailRecord): EventOutcome {
  if (errorCode || errorMessage) return "failure";
  const told = stringIn(responseElements, eventName);
  return told === "Failure" ? "failure" : "success";
}

/**
 * yes or no where the log says so. A call signed with a long-lived key carries no factor at all (AWS leaves the attribute out), which is a
 * no; where nothing speaks for either it is unknown.
 */
function mfaOf({ userIdentity: who, eventName, additionalEventData, requestParameters }: CloudtrailRecord): Fact {
  const told = who?.sessionContext?.attributes?.mfaAuthenticated ?? stringIn(additionalEventData, "MFAUsed");
  if (told) return /^(true|yes)$/i.test(told) ? "yes" : "no";
  if (eventName === "GetSessionToken" && stringIn(requestParameters, "serialNumber")) return "yes";
  return who?.accessKeyId?.startsWith("AKIA") && !who.sessionContext ? "no" : "unknown";
}

/**
 * A session is a principal and the instant at which its credentials were made, since a console hands out several keys for one sign-in. A
 * long-lived key begins nothing, so its use is one session a day. Services of the cloud itself have none.
 */
function sessionKeyOf({ userIdentity: who, eventTime }: CloudtrailRecord, startedAt: string | null): string | null {
  const principal = who?.arn ?? who?.userName;
  if (!who || !principal || who.type === "AWSService") return null;
  if (startedAt) return sessionKey(principal, startedAt);
  return who.accessKeyId ? `${who.accessKeyId}@${utc(eventTime).slice(0, 10)}` : null;
}

const sessionKey = (principal: string, startedAt: string): string => `${principal}@${utc(startedAt)}`;

function authenticatedBy({ userIdentity: who, eventName, sessionCredentialFromConsole }: CloudtrailRecord): string | null {
  if (eventName === "ConsoleLogin" || sessionCredentialFromConsole === "true") return "console sign-in";
  switch (who?.type) {
    case "AssumedRole":
      return "assumed role";
    case "FederatedUser":
      return "federation token";
    case "WebIdentityUser":
      return "web identity";
    case "SAMLUser":
      return "SAML";
    case "IdentityCenterUser":
      return "identity centre";
    default:
      if (!who?.accessKeyId) return null;
      return who.accessKeyId.startsWith("AKIA") ? "access key" : "temporary key";
  }
}

type Issued = Pick<AccessEvent, "issuedKey" | "issuedExpiresAt">;
const NOTHING_ISSUED: Issued = { issuedKey: null, issuedExpiresAt: null };

/** The session that a successful AssumeRole gives out. It will name itself by the role's session ARN and the instant of this event. */
function issuedBy({ eventName, eventTime, requestParameters, responseElements }: CloudtrailRecord): Issued {
  if (!/^AssumeRole/.test(eventName)) return NOTHING_ISSUED;
  const arn =
    stringIn(bagIn(responseElements, "assumedRoleUser"), "arn") ??
    sessionArn(stringIn(requestParameters, "roleArn"), stringIn(requestParameters, "roleSessionName"));
  if (!arn) return NOTHING_ISSUED;
  return {
    issuedKey: sessionKey(arn, eventTime),
    issuedExpiresAt: expiryOf(stringIn(bagIn(responseElements, "credentials"), "expiration")),
  };
}

const bagIn = (of: Record<string, unknown> | null | undefined, key: string) => bag.parse(of?.[key]);

/** Where the answer leaves out whom the role was given to, as for machines: arn:aws:sts::1:assumed-role/deploy/i-0abc. */
function sessionArn(roleArn: string | null, sessionName: string | null): string | null {
  const [, partition, account, path] = /^arn:([^:]+):iam::(\d+):role\/(.+)$/.exec(roleArn ?? "") ?? [];
  return path && sessionName ? `arn:${partition}:sts::${account}:assumed-role/${path.split("/").at(-1)}/${sessionName}` : null;
}

/** "Jul 10, 2023, 6:30:22 PM" is how CloudTrail writes an expiry: UTC, without saying so. */
function expiryOf(told: string | null): string | null {
  if (told === null) return null;
  const at = Date.parse(/^\d{4}-/.test(told) ? told : `${told.replace(/[\u202f\u00a0]/g, " ")} UTC`);
  return Number.isNaN(at) || at > Date.UTC(2100, 0) ? null : new Date(at).toISOString();
}
