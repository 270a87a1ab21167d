/** What kind of thing an access event is. "other" is ordinary use of access: kept, counted, never a mark of its own. */
export const EVENT_KINDS = ["challenge", "sign_in", "token_issued", "privilege_granted", "privilege_used", "other"] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

export type Fact = "yes" | "no" | "unknown";
export type EventOutcome = "success" | "failure" | "unknown";

/** One thing that happened in a source, as its log tells it; nothing of what was asked for or answered beside it. */
export type AccessEvent = {
  eventId: string;
  /** ISO 8601, UTC. */
  occurredAt: string;
  kind: EventKind;
  action: string;
  outcome: EventOutcome;
  /** yes where the event itself shows privilege; no where it cannot. */
  privileged: Fact;
  mfa: Fact;
  /** The identity as the log names it: an ARN, a name. null for the source's own services. */
  principal: string | null;
  principalName: string | null;
  sessionKey: string | null;
  /** When the session that it belongs to began, where the log says so. */
  sessionStartedAt: string | null;
  /** How the session was opened, where the event tells. */
  authenticatedBy: string | null;
  credential: string | null;
  /** The role that was asked for. */
  target: string | null;
  address: string | null;
  client: string | null;
  error: string | null;
  /** The session that it gave out, of the target, and until when. */
  issuedKey: string | null;
  issuedExpiresAt: string | null;
};

/** Read as an event, or why it is none. */
export type ReadRecord = { event: AccessEvent } | { refusal: string };

export type ImportCounts = { read: number; kept: number; duplicate: number; rejected: number; unmatched: number };
export type ImportOutcome = ImportCounts & { batchId: string; file: string; sha256: string; digest: string; sessions: number };

/** A session as the board lists it. */
export type SessionRow = {
  id: string;
  sourceId: string;
  source: string;
  sourceKind: string;
  told: "read" | "derived";
  /** The identity's name where the inventory knows it, else what the source called it. */
  identity: string;
  identityId: string | null;
  identityClass: string;
  person: string | null;
  startedAt: string | null;
  startedKind: string;
  lastActiveAt: string | null;
  lastActiveKind: string;
  expiresAt: string | null;
  isNow: boolean;
  address: string | null;
  client: string | null;
  authenticatedBy: string | null;
  mfa: Fact;
  privileged: Fact;
  elevatedBy: string | null;
  /** The session that it was elevated from, where that is known here. */
  elevatedFromId: string | null;
  /** The name of whom it was elevated from. */
  elevatedFrom: string | null;
};

/** What a line of the board shows of it: two hundred of them go out with the page. */
export type BoardLine = Omit<SessionRow, "sourceKind" | "identityId" | "identityClass" | "person" | "expiresAt" | "client" | "elevatedBy">;

/** Of the newest; `total` is how many there are. */
export type SessionList = { rows: BoardLine[]; total: number };

export type SessionView = SessionRow & {
  externalId: string;
  principal: string | null;
  credential: string | null;
  showsPrivilege: boolean;
  events: number;
  firstSeenAt: string;
  goneAt: string | null;
  readAt: string | null;
};

export type BoardTotals = {
  open: number;
  privileged: number;
  privilegedWithoutMfa: number;
  privilegedMfaUnknown: number;
  privilegeUnknown: number;
  elevations: number;
  elevationsWithoutMfa: number;
  known: number;
  newestAt: string | null;
};

/** Whether a source tells of sessions, how, and since when. */
export type SourceTelling = {
  sourceId: string;
  source: string;
  told: "read" | "derived" | "read and derived" | "not told";
  readSince: string | null;
  readAt: string | null;
  derivedSince: string | null;
  derivedUntil: string | null;
  events: number;
  unmatched: number;
  rejected: number;
};

/** Live keys and tokens of one age, by whether they end. */
export type LifetimeRow = { age: string; bounded: number; endless: number; unknown: number };

/** What the log of a source tells of an identity since an instant. */
export type LoggedChanges = {
  /** From the first event to the last that the log holds, whoever it is of; null: no log was read. */
  log: { from: Date; until: Date } | null;
  /** The latest call that changed something, by the identity or in a session that it elevated into. */
  last: { at: Date; action: string } | null;
};
