import type { Completeness, Scope } from "#lib/connectors/contract.ts";
import type { Stream } from "#lib/inventory/streams.ts";

/** What one stream of a run came to. read = kept + excluded + rejected, always. */
export type StreamNumbers = {
  stream: Stream;
  declared: number | null;
  read: number;
  kept: number;
  excluded: number;
  rejected: number;
  /** Rows of the source that were live before the run. */
  live: number;
  completeness: Completeness;
};

export type Changes = { added: number; changed: number; ended: number; unchanged: number };
export type ChangesByStream = Partial<Record<Stream, Changes>>;

/** Everything that the gate looks at. */
export type RunNumbers = {
  streams: readonly StreamNumbers[];
  scopes: readonly Pick<Scope, "name" | "purpose" | "isMandatory" | "isHeld" | "costs">[];
  /** A drop of any stream by more than this share of what was live holds the run. */
  dropThresholdPercent: number;
};

/** Why a run is held, or failed, with the numbers that say so. */
export type GateReason =
  | { kind: "no_streams" }
  | { kind: "broken_sum"; stream: Stream; read: number; kept: number; excluded: number; rejected: number }
  | { kind: "missing_scope"; name: string; purpose: string }
  | { kind: "unavailable"; stream: Stream; live: number; why: string }
  | { kind: "partial"; stream: Stream; read: number; why: string }
  | { kind: "zero_rows"; stream: Stream; read: number; live: number }
  | { kind: "drop"; stream: Stream; kept: number; live: number; thresholdPercent: number }
  | { kind: "not_as_declared"; stream: Stream; declared: number; read: number };

export type GateVerdict = { kind: "apply" } | { kind: "hold" | "fail"; reasons: readonly GateReason[] };

/** How a run ended, for whoever started it. `busy`: another process has it in hand. */
export type RunOutcome =
  | { state: "APPLIED"; runId: string; isFullRead: boolean; changes: ChangesByStream }
  | { state: "HELD"; runId: string; reasons: readonly string[] }
  | { state: "FAILED"; runId: string; reasons: readonly string[] }
  | { state: "busy" | "over"; runId: string };
