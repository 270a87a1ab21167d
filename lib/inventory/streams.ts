/**
 * The nine streams that a source can yield and the columns of their records: the one description that connectors (records),
 * ingest (staging, validation, reconcile) and the mapping preview are all made from.
 */
export const STREAM_NAMES = [
  "people",
  "identities",
  "resources",
  "entitlements",
  "grants",
  "trusts",
  "credentials",
  "factors",
  "sessions",
] as const;
export type Stream = (typeof STREAM_NAMES)[number];

export const IDENTITY_CLASSES = ["human", "service", "pipeline", "workload", "app", "shared", "break_glass", "unknown"] as const;
export const IDENTITY_STATUSES = ["active", "disabled", "deleted", "unknown"] as const;
export const EMPLOYMENTS = ["employee", "contractor", "vendor", "unknown"] as const;
export const PERSON_STATUSES = ["active", "left", "unknown"] as const;
export const RESOURCE_CLASSES = [
  "code_repo",
  "build_server",
  "artifact_store",
  "deployment_target",
  "secret_store",
  "cloud_account",
  "database",
  "cluster",
  "directory_group",
  "role",
  "other",
] as const;
export const ENVIRONMENTS = ["dev", "test", "prod", "shared", "unknown"] as const;
export const SENSITIVITIES = ["public", "internal", "confidential", "restricted", "unknown"] as const;
export const FACTS = ["yes", "no", "unknown"] as const;
export const FACTOR_KINDS = [
  "security_key",
  "passkey",
  "authenticator_app",
  "push",
  "sms_or_voice",
  "email",
  "backup_code",
  "unknown",
] as const;
export const CREDENTIAL_KINDS = ["key", "token", "certificate", "password", "unknown"] as const;
export const ROTATIONS = ["automatic", "by_hand", "none", "unknown"] as const;
export const ORIGINS = ["console", "infrastructure_as_code", "provisioning", "unknown"] as const;
export const HOLDER_KINDS = ["identity", "entitlement"] as const;

export type Fact = (typeof FACTS)[number];
export type IdentityClass = (typeof IDENTITY_CLASSES)[number];
export type Environment = (typeof ENVIRONMENTS)[number];
export type Sensitivity = (typeof SENSITIVITIES)[number];

/**
 * What a column holds, and how it is written in a record (records are flat, all values text or null):
 * - text: any text; null is "not told"
 * - vocabulary: one of `values`; null means `whenAbsent`
 * - moment: an ISO 8601 instant with zone (or a date, read as midnight UTC), or one of the words never, unknown, not_supported;
 *   null is unknown. Stored as two columns, `<column>_kind` and `<column>_at`
 * - day: an ISO 8601 date; null is "not told"
 * - reference: the external id of a record of `to` in the same source
 */
export type Column =
  | { kind: "text"; required?: true }
  | { kind: "vocabulary"; values: readonly string[]; whenAbsent: string }
  | { kind: "moment"; isVolatile?: true }
  | { kind: "day" }
  | { kind: "reference"; to: Stream; required?: true };

const required = { kind: "text", required: true } as const;
const text = { kind: "text" } as const;
const moment = { kind: "moment" } as const;
/** Changes at every sync without anybody having changed anything: kept current, but no entry in the history. */
const lastUsed = { kind: "moment", isVolatile: true } as const;
const day = { kind: "day" } as const;
const vocabulary = (values: readonly string[], whenAbsent = "unknown") => ({ kind: "vocabulary", values, whenAbsent }) as const;
const fact = vocabulary(FACTS);
const reference = (to: Stream) => ({ kind: "reference", to }) as const;
const mandatory = (to: Stream) => ({ kind: "reference", to, required: true }) as const;

/** Column names are the database's (snake_case) and the records' alike. A record's key within its source is `external_id`, except for grants: (holder_kind, holder, entitlement). */
export const STREAMS = {
  people: {
    external_id: required,
    name: required,
    mail: text,
    user_name: text,
    title: text,
    department: text,
    manager: reference("people"),
    employment: vocabulary(EMPLOYMENTS),
    status: vocabulary(PERSON_STATUSES),
    started_on: day,
    ended_on: day,
    sponsor: reference("people"),
  },
  identities: {
    external_id: required,
    name: required,
    login: text,
    mail: text,
    class: vocabulary(IDENTITY_CLASSES),
    status: vocabulary(IDENTITY_STATUSES),
    /** External id of the person (in the people source) whose identity this is. */
    person: text,
    /** External id or mail address of a person. */
    owner: text,
    backup_owner: text,
    purpose: text,
    origin: vocabulary(ORIGINS),
    environment: vocabulary(ENVIRONMENTS),
    interactive: fact,
    created: moment,
    last_used: lastUsed,
  },
  resources: {
    external_id: required,
    name: required,
    class: vocabulary(RESOURCE_CLASSES, "other"),
    environment: vocabulary(ENVIRONMENTS),
    sensitivity: vocabulary(SENSITIVITIES),
    owner: text,
    parent: reference("resources"),
  },
  entitlements: {
    external_id: required,
    resource: reference("resources"),
    name: required,
    meaning: text,
    privileged: fact,
    contents: text,
  },
  grants: {
    holder_kind: vocabulary(HOLDER_KINDS, "identity"),
    holder: required,
    entitlement: mandatory("entitlements"),
    started: moment,
    expires: moment,
    last_used: lastUsed,
    granted_by: text,
    reason: text,
    options: text,
  },
  trusts: {
    external_id: required,
    identity: mandatory("identities"),
    issuer: required,
    subject_pattern: text,
    audience: text,
    conditions: text,
  },
  credentials: {
    external_id: required,
    identity: mandatory("identities"),
    kind: vocabulary(CREDENTIAL_KINDS),
    issuer: text,
    created: moment,
    expires: moment,
    rotated: moment,
    rotation: vocabulary(ROTATIONS),
    last_used: lastUsed,
    stored_in: text,
    fingerprint: text,
  },
  factors: {
    external_id: required,
    identity: mandatory("identities"),
    kind: vocabulary(FACTOR_KINDS),
    phishing_resistant: fact,
    enrolled: moment,
    last_used: lastUsed,
  },
  sessions: {
    external_id: required,
    identity: mandatory("identities"),
    started: moment,
    last_active: lastUsed,
    address: text,
    client: text,
    authenticated_by: text,
    elevated_by: text,
    privileged: fact,
  },
} as const satisfies Record<Stream, Record<string, Column>>;

/** One record as a connector yields it: every column of its stream that the source tells, as text; absent and null are the same. */
export type StreamRecord = Readonly<Record<string, string | null>>;

export const columnsOf = (stream: Stream): Readonly<Record<string, Column>> => STREAMS[stream];

/** Columns that make up a record's key within its source. */
export const keyOf = (stream: Stream): readonly string[] =>
  stream === "grants" ? ["holder_kind", "holder", "entitlement"] : ["external_id"];
