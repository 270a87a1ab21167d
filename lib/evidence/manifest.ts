import { createHash, hash } from "node:crypto";
import { crc32 } from "node:zlib";
import { canonicalize } from "#lib/audit/canonical.ts";
import { parseCheckpointText, parseNote } from "#lib/audit/checkpoint.ts";
import { EMPTY_ROOT, leafHash, nodeHash } from "#lib/audit/merkle.ts";
import type { Hash, JsonValue } from "#lib/audit/types.ts";
import type { FileFacts, ManifestFields, PackKind } from "./types.ts";

export const BLOCK_BYTES = 65_536;
export const MANIFEST_FORMAT = "countersign-evidence-pack";
export const MANIFEST_VERSION = 1;

/** What no pack of a kind may lack. The verifier holds the same list: a pack that leaves out a file is refused there too. */
const AUDIT_FILES = [
  "README.txt",
  "public-key.pem",
  "verify.mjs",
  "gaps.json",
  "gaps.txt",
  "audit/checkpoint.txt",
  "audit/events.jsonl",
  "audit/proofs.jsonl",
];
const CAMPAIGN_TABLES = ["population", "items", "decisions", "reassignments", "remediation"];
export const REQUIRED_FILES: Readonly<Record<PackKind, readonly string[]>> = {
  campaign: [...AUDIT_FILES, "report.html", ...CAMPAIGN_TABLES.flatMap((table) => [`${table}.csv`, `${table}.json`])],
  period: AUDIT_FILES,
  identity: AUDIT_FILES,
};

/** Reads a file once: digests, checksum and number of rows. */
export async function factsOf(name: string, chunks: AsyncIterable<Uint8Array>): Promise<FileFacts> {
  const whole = createHash("sha256");
  const blocks: string[] = [];
  const rows = new RowCount(name);
  let size = 0;
  let checksum = 0;
  let block = createHash("sha256");
  let blockBytes = 0;
  const endBlock = () => {
    blocks.push(block.digest("hex"));
    block = createHash("sha256");
    blockBytes = 0;
  };
  for await (const chunk of chunks) {
    size += chunk.length;
    checksum = crc32(chunk, checksum);
    whole.update(chunk);
    rows.add(chunk);
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + BLOCK_BYTES - blockBytes);
      block.update(part);
      blockBytes += part.length;
      at += part.length;
      if (blockBytes === BLOCK_BYTES) endBlock();
    }
  }
  if (blockBytes > 0) endBlock();
  return { name, size, sha256: whole.digest("hex"), blocks, rows: rows.total(), crc32: checksum };
}

/**
 * The manifest's text, RFC 8785, so that there is one text for one content. `fields` may not name what the manifest says itself.
 */
export function manifestText(input: {
  kind: PackKind;
  fields: ManifestFields;
  files: readonly FileFacts[];
  publicKey: Uint8Array;
  checkpointNote: string;
  checkpointKey: string;
}): string {
  const { origin, size, root } = parseCheckpointText(parseNote(input.checkpointNote).text);
  const files = input.files.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const own = {
    format: MANIFEST_FORMAT,
    schema_version: MANIFEST_VERSION,
    kind: input.kind,
    block_bytes: BLOCK_BYTES,
    files: files.map(({ name, size: bytes, sha256, blocks, rows }) => ({
      name,
      size: bytes,
      sha256,
      blocks,
      ...(rows === null ? {} : { rows }),
    })),
    root: Buffer.from(rootOf(files)).toString("hex"),
    key: { algorithm: "Ed25519", public_key: Buffer.from(input.publicKey).toString("base64"), fingerprint: fingerprintOf(input.publicKey) },
    checkpoint: { origin, size, root: Buffer.from(root).toString("base64"), verifier_key: input.checkpointKey },
  } satisfies Record<string, JsonValue>;
  const taken = Object.keys(own).find((key) => Object.hasOwn(input.fields, key));
  if (taken !== undefined) throw new TypeError(`The manifest says "${taken}" itself.`);
  return canonicalize({ ...input.fields, ...own });
}

/** How a key is named to people: the digest of its 32 bytes. */
export const fingerprintOf = (publicKey: Uint8Array): string => `sha256:${hash("sha256", publicKey, "hex")}`;

/** The tree of RFC 9162 over the files in order of name; a leaf is the canonical text of name, sha256 and size. */
export function rootOf(files: readonly Pick<FileFacts, "name" | "sha256" | "size">[]): Hash {
  const leaves = files.map(({ name, sha256, size }) => leafHash(canonicalize({ name, sha256, size })));
  const root = (from: number, to: number): Hash => {
    const only = leaves[from];
    if (only === undefined) return EMPTY_ROOT;
    if (to - from === 1) return only;
    let split = 1;
    while (split * 2 < to - from) split *= 2;
    return nodeHash(root(from, from + split), root(from + split, to));
  };
  return root(0, leaves.length);
}

/**
 * Counts records while a file streams by: of .jsonl one a line, of .csv those outside quotes without the header, of .json only where the
 * file is a list of one record a line ("[" and "]" on lines of their own). Anything else is no table.
 */
class RowCount {
  readonly kind: "lines" | "csv" | "list" | null;
  lineEnds = 0;
  isQuoted = false;
  isList = true;
  bytes = 0;
  constructor(name: string) {
    this.kind = name.endsWith(".jsonl") ? "lines" : name.endsWith(".csv") ? "csv" : name.endsWith(".json") ? "list" : null;
  }
  add(chunk: Uint8Array): void {
    if (this.kind === null || chunk.length === 0) return;
    if (this.kind === "csv") this.addCsv(chunk);
    else for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) this.lineEnds += 1;
    if (this.bytes === 0 && chunk[0] !== 91) this.isList = false;
    if (this.bytes < 2 && this.bytes + chunk.length >= 2 && chunk[1 - this.bytes] !== 10) this.isList = false;
    this.bytes += chunk.length;
  }
  total(): number | null {
    if (this.kind === null || (this.kind === "list" && !this.isList)) return null;
    return this.kind === "lines" ? this.lineEnds : Math.max(0, this.lineEnds - (this.kind === "csv" ? 1 : 2));
  }
  addCsv(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (byte === 34) this.isQuoted = !this.isQuoted;
      else if (byte === 10 && !this.isQuoted) this.lineEnds += 1;
    }
  }
}
