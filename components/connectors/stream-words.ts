import { columnsOf, type Stream } from "#lib/inventory/streams.ts";

export const STREAM_WORDS: Readonly<Record<Stream, { label: string; what: string }>> = {
  people: { label: "People", what: "humans in the organisation, with manager and status" },
  identities: { label: "Identities", what: "accounts, service identities and other principals" },
  resources: { label: "Resources", what: "what access is to" },
  entitlements: { label: "Entitlements", what: "groups, roles and permissions" },
  grants: { label: "Grants", what: "who holds what" },
  trusts: { label: "Trusts", what: "who may assume an identity from outside" },
  credentials: { label: "Credentials", what: "keys, tokens, certificates, passwords; never their values" },
  factors: { label: "Factors", what: "MFA methods that identities have enrolled" },
  sessions: { label: "Sessions", what: "privileged sessions open now" },
};

/** What one record of a stream is called, for "12 grants" and "1 grant". */
const ONE: Readonly<Record<Stream, string>> = {
  people: "person",
  identities: "identity",
  resources: "resource",
  entitlements: "entitlement",
  grants: "grant",
  trusts: "trust",
  credentials: "credential",
  factors: "factor",
  sessions: "session",
};

export const streamLabel = (stream: string): string => (isStream(stream) ? STREAM_WORDS[stream].label : stream);
export const nounOf = (stream: string, count: number | string): string =>
  String(count) === "1" && isStream(stream) ? ONE[stream] : stream;
export const isStream = (name: string): name is Stream => Object.hasOwn(STREAM_WORDS, name);

const COLUMN_WORDS: Readonly<Record<string, string>> = {
  external_id: "Id in the source",
  user_name: "User name",
  mail: "Mail address",
  person: "Person (their id)",
  owner: "Owner (id or mail of a person)",
  backup_owner: "Backup owner",
  last_used: "Last used",
  started_on: "Started on",
  ended_on: "Ended on",
  holder: "Holder (id of the identity)",
  holder_kind: "Holder is",
  entitlement: "Entitlement (its id)",
  granted_by: "Granted by",
  resource: "Resource (its id)",
  parent: "Parent (its id)",
  manager: "Manager (id of the person)",
  sponsor: "Sponsor (id of the person)",
  identity: "Identity (its id)",
  stored_in: "Stored in",
  subject_pattern: "Subject pattern",
  phishing_resistant: "Phishing-resistant",
  last_active: "Last active",
  authenticated_by: "Authenticated by",
  elevated_by: "Elevated by",
  meaning: "Meaning in plain words",
};

export function columnLabel(column: string): string {
  const words = column.replaceAll("_", " ");
  return COLUMN_WORDS[column] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

export function isRequired(stream: Stream, column: string): boolean {
  const kind = columnsOf(stream)[column];
  return kind !== undefined && "required" in kind && kind.required === true;
}

/** What a column takes, said in its own terms, and what stands there when the file does not tell. */
export function columnHint(stream: Stream, column: string): string | null {
  const kind = columnsOf(stream)[column];
  switch (kind?.kind) {
    case "vocabulary":
      return `${kind.whenAbsent} where the file does not tell`;
    case "moment":
      return "an instant or a date, or never, unknown, not_supported";
    case "day":
      return "a date, as 2026-11-23";
    default:
      return null;
  }
}
