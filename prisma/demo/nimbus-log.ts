import { chance, daysAgo, hoursAgo, type Story } from "./story.ts";

/* What Nimbus writes down of its use, in the form of CloudTrail: sign-ins, roles taken on, and what was done with them. */

const ACCOUNT = "100000000001";
const HOUR_MS = 3_600_000;
const ROLE_HOURS = 4;

type Call = { service: string; name: string; isRead?: boolean };
const call = (service: string, name: string, isRead = false): Call => ({ service: `${service}.amazonaws.com`, name, isRead });

const READS = [call("ec2", "DescribeInstances", true), call("logs", "GetLogEvents", true), call("cloudwatch", "GetMetricData", true)];
const DEPLOYS = [call("cloudformation", "UpdateStack"), call("lambda", "UpdateFunctionCode"), call("ecs", "UpdateService")];
const REPAIRS = [call("ecs", "UpdateService"), call("ec2", "RebootInstances"), call("iam", "AttachRolePolicy")];
const SECRET = call("secretsmanager", "GetSecretValue", true);

type Who = Record<string, unknown>;
export type LogEntry = Record<string, unknown> & { eventTime: string };

const person = (login: string): Who => ({
  type: "IAMUser",
  arn: `arn:aws:iam::${ACCOUNT}:user/${login}`,
  accountId: ACCOUNT,
  userName: login,
});
const roleArn = (role: string): string => `arn:aws:iam::${ACCOUNT}:role/${role}`;
const time = (at: Date): string => `${at.toISOString().slice(0, 19)}Z`;
const after = (at: Date, minutes: number): Date => new Date(at.getTime() + minutes * 60_000);

function entry(at: Date, { service, name, isRead = false }: Call, who: Who, address: string, more: Record<string, unknown> = {}): LogEntry {
  const subject = String(who.userName ?? who.arn ?? "");
  return {
    eventVersion: "1.10",
    eventID: `nimbus-${time(at)}-${name}-${subject.split("/").at(-1)}`,
    eventTime: time(at),
    eventSource: service,
    eventName: name,
    readOnly: isRead,
    sourceIPAddress: address,
    userAgent: address.startsWith("10.") ? "forge-runner/11.4" : "nimbus-console/7",
    userIdentity: who,
    ...more,
  };
}

/** Somebody signs in at the console, looks about, and where a role is named takes it on and does what it is for. */
function visit(at: Date, login: string, given: { mfa: boolean; address: string; role?: string; does?: readonly Call[] }): LogEntry[] {
  const { mfa, address, role, does = READS } = given;
  const context = { sessionContext: { attributes: { creationDate: time(at), mfaAuthenticated: String(mfa) } } };
  const known = { ...person(login), accessKeyId: `ASIA${login.slice(0, 6).toUpperCase()}`, ...context };
  const signIn = entry(at, call("signin", "ConsoleLogin"), person(login), address, {
    responseElements: { ConsoleLogin: "Success" },
    additionalEventData: { MFAUsed: mfa ? "Yes" : "No" },
  });
  const looks = READS.map((each, place) => entry(after(at, 3 + place * 4), each, known, address, { sessionCredentialFromConsole: "true" }));
  if (!role) return [signIn, ...looks];
  return [signIn, ...looks, ...takeOn(after(at, 16), known, login, { role, address, does, name: "AssumeRole", mfa })];
}

type Taking = { role: string; address: string; does: readonly Call[]; name: string; mfa: boolean };

function takeOn(at: Date, who: Who, as: string, { role, address, does, name, mfa }: Taking): LogEntry[] {
  const arn = `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${as}`;
  const taken = entry(at, call("sts", name), who, address, {
    requestParameters: { roleArn: roleArn(role), roleSessionName: as },
    responseElements: {
      assumedRoleUser: { arn },
      credentials: { expiration: time(new Date(at.getTime() + ROLE_HOURS * HOUR_MS)) },
    },
  });
  const holder = {
    type: "AssumedRole",
    arn,
    accountId: ACCOUNT,
    accessKeyId: `ASIA${role.slice(-8).toUpperCase()}`,
    sessionContext: {
      sessionIssuer: { type: "Role", arn: roleArn(role), userName: role },
      attributes: { creationDate: time(at), mfaAuthenticated: String(mfa) },
    },
  };
  return [taken, ...does.map((each, place) => entry(after(at, 2 + place * 5), each, holder, address))];
}

/** A pipeline of Forge takes on its role by its own token. */
function run(at: Date, pipeline: string, role: string): LogEntry[] {
  const who = { type: "WebIdentityUser", userName: `pipeline:${pipeline}:branch:main`, identityProvider: "forge.demo-corp.example" };
  const taking = { role, address: "10.20.0.7", does: DEPLOYS, name: "AssumeRoleWithWebIdentity", mfa: false };
  return takeOn(at, who, pipeline.replace("/", "-"), taking);
}

/** A long-lived key is used: no factor, and no session of its own. */
const byKey = (at: Date, login: string, key: string, calls: readonly Call[], address: string): LogEntry[] =>
  calls.map((each, place) => entry(after(at, place * 2), each, { ...person(login), accessKeyId: `AKIA${key}` }, address));

const ONCALL = ["amara_diallo", "fiona_gallagher", "mateo_silva", "lukas_steiner"] as const;
const LOOKERS = ["wei_zhang", "felix_osei", "liam_byrne", "fatou_sarr", "rasmus_lund"] as const;

/** One day of it. Weekends are quiet; the leaver's key was used three days before the end, from nowhere that is known. */
function dayOf(story: Story, day: number): LogEntry[] {
  const at = (hour: number, words: string) => after(daysAgo(story, day, hour), chance(`${words} ${day}`, 50));
  const weekday = daysAgo(story, day).getUTCDay();
  const oncall = ONCALL[day % ONCALL.length] ?? ONCALL[0];
  const night = visit(at(2, "night"), oncall, { mfa: true, address: "203.0.113.24", role: "infra-apply", does: REPAIRS });
  const machines = [
    ...byKey(at(1, "ledger"), "svc-ledger", "LEDGER1", [SECRET, ...READS], "10.30.1.4"),
    ...byKey(at(4, "metrics"), "svc-metrics", "METRICS1", READS, "10.30.1.9"),
    ...(day === 3 ? byKey(at(23, "leaver"), "elena_petrova", "LEAVER1", [SECRET, ...READS], "198.51.100.77") : []),
  ];
  if (weekday === 0 || weekday === 6) return [...machines, ...(day % 2 === 0 ? night : [])];
  const looks = LOOKERS.filter((login) => chance(`${login} looks ${day}`, 3) > 0).flatMap((login) =>
    visit(at(8, login), login, { mfa: !["liam_byrne", "rasmus_lund"].includes(login), address: `203.0.113.${40 + chance(login, 60)}` }),
  );
  const deploys = [
    ...run(at(10, "payments"), "payments/deploy", "deployer-payments"),
    ...(day % 3 === 0 ? run(at(14, "web"), "website/deploy", "deployer-web") : []),
    ...(day % 5 === 0 ? run(at(13, "ledger"), "ledger/deploy", "deployer-ledger") : []),
  ];
  return [...machines, ...looks, ...deploys, ...(chance(`night ${day}`, 3) === 0 ? night : [])];
}

/** What is going on as the story ends. */
const atTheEnd = (story: Story): LogEntry[] => [
  ...visit(hoursAgo(story, 0.8), "amara_diallo", { mfa: true, address: "203.0.113.24", role: "infra-apply", does: REPAIRS.slice(0, 2) }),
  ...visit(hoursAgo(story, 0.6), "rasmus_lund", { mfa: false, address: "203.0.113.71" }),
  ...run(hoursAgo(story, 0.4), "payments/deploy", "deployer-payments"),
];

/** The log of the days from `from` up to, and without, `until`; up to the end where that is 0. */
export function nimbusLog(story: Story, from: number, until: number): string {
  const days = Array.from({ length: from - until }, (_, place) => from - place);
  const written = [...days.flatMap((day) => dayOf(story, day)), ...(until === 0 ? atTheEnd(story) : [])];
  const records = written.filter(({ eventTime }) => new Date(eventTime) <= story.now);
  return JSON.stringify({ Records: records.toSorted((a, b) => (a.eventTime < b.eventTime ? -1 : a.eventTime > b.eventTime ? 1 : 0)) });
}
