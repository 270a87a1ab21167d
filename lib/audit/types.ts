/** What canonical text may hold. Numbers are safe integers: anything larger or broken is a string. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export type JsonObject = { readonly [key: string]: JsonValue };

/** A SHA-256 digest, 32 bytes. */
export type Hash = Uint8Array;

/** A complete subtree of the log: it covers the leaves [index * 2^level, (index + 1) * 2^level). Level 0 is the leaves. */
export type NodeId = { readonly level: number; readonly index: number };
export type TreeNode = NodeId & { readonly hash: Hash };

/** Where complete subtrees are kept. Answers in the order asked; a node that is not there is an error, never a gap in the answer. */
export interface NodeReader {
  readNodes(ids: readonly NodeId[]): Promise<readonly Hash[]>;
}

/** What a leaf commits to. `body` is the canonical text exactly as stored, `recordedAt` an ISO instant in UTC with milliseconds. */
export type LoggedEvent = { readonly eventId: string; readonly recordedAt: string; readonly body: string };

/** A personal value and the salt that opens its commitment. Retention may drop it; the log still verifies. */
export type Reveal = { readonly path: string; readonly salt: string; readonly value: JsonValue };

export type Checkpoint = { readonly origin: string; readonly size: number; readonly root: Hash };
