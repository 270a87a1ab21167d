import type { Stream, StreamRecord } from "#lib/inventory/streams.ts";

/** Opaque to everyone but the connector that made it. null asks for the first page. */
export type Cursor = string | null;

export type Completeness = { kind: "complete" } | { kind: "partial"; reason: string } | { kind: "unavailable"; reason: string };

/** What a source says of itself before it is read. */
export type Declared = {
  /** How many records each stream should have, where the source tells. */
  totals: Partial<Record<Stream, number>>;
  scopes: readonly Scope[];
  /** The instant that the read speaks of, ISO 8601 UTC, by the source's clock where it tells one. */
  observedAt: string;
  /** Name and version of what answered, for the evidence ("PostgreSQL 18.4", "identities.csv, 1,204 bytes"). */
  product: string;
  /** The account that reads, as the source names it. Never a secret. */
  account: string;
  /** Where it was read: host and database, file names. Never a secret. */
  endpoint: string;
};

/** One thing the reader must, or may, be allowed to do. A missing mandatory scope holds the run; a missing optional one costs the named columns. */
export type Scope = {
  name: string;
  /** In plain words, with what to do where it is missing ("GRANT pg_read_all_stats TO reader"). */
  purpose: string;
  isMandatory: boolean;
  isHeld: boolean;
  costs?: string;
};

export type Page = {
  records: readonly StreamRecord[];
  /** Records that the connector leaves out by a stated rule (our own sessions, system roles), by rule. They count as read and excluded. */
  excluded?: Readonly<Record<string, number>>;
  /** null after the last page. The same cursor twice in one stream fails the run. */
  next: Cursor;
  completeness: Completeness;
};

/** Reads one source. Pages by opaque cursor so that a run can resume; never touches our database. Throws SourceError when the source cannot be read. */
export interface Connector {
  readonly kind: string;
  readonly streams: readonly Stream[];
  declare(signal: AbortSignal): Promise<Declared>;
  read(stream: Stream, cursor: Cursor, signal: AbortSignal): Promise<Page>;
  close(): Promise<void>;
}

/** A bad page, a refused sign-in, a broken file: fails the run. The message names where (page, line, column) and what to do. */
export class SourceError extends Error {
  readonly where: string | undefined;
  constructor(message: string, options: { where?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = "SourceError";
    this.where = options.where;
  }
}

/** What removing one grant needs, as the inventory knows it. */
export type GrantRef = {
  holderKind: "identity" | "entitlement";
  holder: string;
  entitlement: string;
};

export type PreflightCheck = { name: string; result: "ok" | "warns" | "blocks"; detail: string };

export type WriteResult =
  /** `undo` would put back exactly what was taken, in this order; empty where the source cannot. */
  | { kind: "applied"; statements: readonly string[]; undo: readonly string[]; detail: string }
  | { kind: "already_gone"; detail: string }
  | { kind: "not_effective"; detail: string }
  | { kind: "not_supported"; reason: string; whoCan: string };

export type RestoreResult =
  | { kind: "restored"; statements: readonly string[]; detail: string }
  | { kind: "already_there"; detail: string }
  | { kind: "not_effective"; detail: string }
  | { kind: "not_supported"; reason: string; whoCan: string };

/** Named writes to one source: its own credential, off until two people switch it on. Every call is idempotent. */
export interface SourceWriter {
  preflightRevoke(grant: GrantRef, signal: AbortSignal): Promise<readonly PreflightCheck[]>;
  /** Removes the grant and reads it back before it answers "applied". `dryRun` answers with the statements that it would run. */
  revokeGrant(grant: GrantRef, options: { dryRun: boolean; idempotencyKey: string }, signal: AbortSignal): Promise<WriteResult>;
  /** Puts back what `revokeGrant` took, by the `undo` that it answered with, and reads it back before it answers "restored". */
  restoreGrant(grant: GrantRef, options: { undo: readonly string[]; idempotencyKey: string }, signal: AbortSignal): Promise<RestoreResult>;
  close(): Promise<void>;
}
