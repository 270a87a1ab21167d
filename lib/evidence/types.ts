import type { JsonObject, Reveal } from "#lib/audit/types.ts";

/** What a pack is about decides which files it must hold. */
export type PackKind = "campaign" | "period" | "identity";

/** What the manifest says of one file. `rows` where the file is a table: records without the header of a CSV. */
export type FileFacts = {
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
  readonly blocks: readonly string[];
  readonly rows: number | null;
  /** For the container; not in the manifest. */
  readonly crc32: number;
};

/** Signs packs. `publicKey` is the 32 bytes of RFC 8032. */
export interface PackSigner {
  readonly publicKey: Uint8Array;
  sign(bytes: Uint8Array): Uint8Array;
}

/** One line of audit/events.jsonl: the event as it is in the log, and what opens its commitments, as far as it is still kept. */
export type EventLine = {
  readonly leafIndex: number;
  readonly eventId: string;
  readonly recordedAt: string;
  readonly body: string;
  readonly reveals: readonly Reveal[];
};

/** What the caller tells of the pack: campaign, population, policy, counts. Put into the manifest as given. */
export type ManifestFields = JsonObject;
