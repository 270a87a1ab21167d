/** What was found wrong: in which file and 64 KiB block, or in which field of the container. Codes are stable. */
export type Problem = {
  code: "CONTAINER" | "MANIFEST" | "SIGNATURE" | "KEY" | "CONTENT" | "CHECKPOINT" | "PROOF" | "COMMITMENT" | "CONSISTENCY" | "MALFORMED";
  file: string | null;
  block: number | null;
  field: string | null;
  message: string;
};

export type Verdict = {
  verdict: "verified" | "refused";
  problems: Problem[];
  /** The key that signed; null when none could be read. Not pinned: compare the fingerprint. */
  key: { fingerprint: string; public_key: string; pinned: boolean } | null;
  pack: {
    kind: string;
    files: number;
    bytes: number;
    root: string;
    checkpoint: { origin: string; size: number; root: string; verifier_key: string } | null;
    campaign: unknown;
    population: unknown;
    policy: unknown;
    sign_off: unknown;
    events?: number;
    values_shown?: number;
    values_withheld?: number;
    counts?: { items: number; decisions: number; decided: number };
  } | null;
  /** The RFC 9162 inclusion proof of the event asked for. */
  proof: { event_id: string; leaf_index: number; leaf_hash: string; tree_size: number; root_hash: string; path: string[] } | null;
};

/** `source` is a path or the pack's bytes. A bad pack is a verdict, never an exception. */
export function verifyPack(source: string | Uint8Array, options?: { key?: string | null; proof?: string | null }): Promise<Verdict>;
/** A key's fingerprint from PEM, base64 or the fingerprint itself; throws when it is none. */
export function fingerprintFrom(text: string): string;
/** The command line; gives the exit code: 0 verified, 1 refused, 2 not asked properly. */
export function run(args: readonly string[], io: { out: (text: string) => void; err: (text: string) => void }): Promise<number>;
export function tableCrc32(bytes: Uint8Array, start?: number): number;
