import { createHash, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { invalid } from "#lib/errors/domain-error.ts";
import type { Checkpoint, Hash } from "./types.ts";

/*
 * Checkpoints as C2SP writes them (tlog-checkpoint inside signed-note, Ed25519), so that public tools can read and verify ours.
 */

const ED25519 = Buffer.of(1);
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");
const MAX_NOTE_CHARS = 65_536;
const MAX_SIGNATURES = 64;

/** A public key under the name that it signs as. `publicKey` is the 32 bytes of RFC 8032. */
export type NoteKey = { readonly name: string; readonly publicKey: Uint8Array };
export interface NoteSigner extends NoteKey {
  sign(text: Uint8Array): Uint8Array;
}
export type SignedNote = { readonly text: string; readonly signatures: readonly NoteSignature[] };
export type NoteSignature = { readonly name: string; readonly keyId: string; readonly signature: Uint8Array };

/** Our logs are named after the instance, and their key after the log. */
export const originOf = (instanceId: string): string => `countersign/${instanceId}`;

export function ed25519Signer(name: string, privateKey: KeyObject): NoteSigner {
  requireKeyName(name);
  return { name, publicKey: rawPublicKey(privateKey), sign: (text) => sign(null, text, privateKey) };
}

export function rawPublicKey(key: KeyObject): Uint8Array {
  if (key.asymmetricKeyType !== "ed25519") throw new TypeError("Only Ed25519 keys sign here.");
  const spki = (key.type === "private" ? createPublicKey(key) : key).export({ format: "der", type: "spki" });
  return spki.subarray(SPKI_PREFIX.length);
}

export function publicKeyObject(raw: Uint8Array): KeyObject {
  if (raw.length !== 32) throw invalid("An Ed25519 public key has 32 bytes.");
  return createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: "der", type: "spki" });
}

/** Eight hexadecimal digits: the first four bytes of SHA-256 over name, newline, type and key. */
export function noteKeyId({ name, publicKey }: NoteKey): string {
  return createHash("sha256").update(`${name}\n`, "utf8").update(ED25519).update(publicKey).digest("hex").slice(0, 8);
}

/** The one-line form in which public tools take a log's key: name+id+base64. */
export function verifierKey(key: NoteKey): string {
  return `${key.name}+${noteKeyId(key)}+${Buffer.concat([ED25519, key.publicKey]).toString("base64")}`;
}

export function parseVerifierKey(text: string): NoteKey {
  const [, name = "", keyId, encoded = ""] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(text) ?? [];
  const bytes = strictBase64(encoded);
  if (!isKeyName(name) || bytes === null || bytes.length !== 33 || bytes[0] !== ED25519[0])
    throw invalid("This is no verifier key for Ed25519.");
  const key = { name, publicKey: bytes.subarray(1) };
  if (noteKeyId(key) !== keyId) throw invalid("The verifier key's id does not fit its name and key.");
  return key;
}

/** A note from its text, which ends in a newline. */
export function signNote(text: string, signers: readonly NoteSigner[]): string {
  if (!text.endsWith("\n") || hasControl(text) || !text.isWellFormed()) throw new TypeError("A note is clean text ending in a newline.");
  const lines = signers.map((signer) => {
    const blob = Buffer.concat([Buffer.from(noteKeyId(signer), "hex"), signer.sign(Buffer.from(text, "utf8"))]);
    return `\u2014 ${signer.name} ${blob.toString("base64")}\n`;
  });
  return `${text}\n${lines.join("")}`;
}

export function parseNote(note: string): SignedNote {
  const split = note.lastIndexOf("\n\n");
  if (note.length > MAX_NOTE_CHARS || split < 0 || !note.endsWith("\n") || hasControl(note)) throw invalid("This is no signed note.");
  const lines = note.slice(split + 2, -1).split("\n");
  if (lines.length > MAX_SIGNATURES) throw invalid(`A note with more than ${MAX_SIGNATURES} signatures is not read.`);
  return { text: note.slice(0, split + 1), signatures: lines.map(parseSignature) };
}

/** The text, once a known key signed it. Unknown signatures are ignored, a broken one of a known key refuses the note. */
export function openNote(note: string, keys: readonly NoteKey[]): string {
  const { text, signatures } = parseNote(note);
  let verified = false;
  for (const { name, keyId, signature } of signatures) {
    const key = keys.find((known) => known.name === name && noteKeyId(known) === keyId);
    if (!key) continue;
    if (!verify(null, Buffer.from(text, "utf8"), publicKeyObject(key.publicKey), signature))
      throw invalid(`The signature of ${name} does not verify.`);
    verified = true;
  }
  if (!verified) throw invalid("No known key signed this note.");
  return text;
}

export function checkpointText({ origin, size, root }: Checkpoint): string {
  requireKeyName(origin);
  if (!Number.isSafeInteger(size) || size < 0 || root.length !== 32) throw new RangeError("A checkpoint has a size and 32 bytes of root.");
  return `${origin}\n${size}\n${Buffer.from(root).toString("base64")}\n`;
}

/** Extension lines are legal in others' checkpoints and carry no meaning here. */
export function parseCheckpointText(text: string): Checkpoint {
  const lines = text.split("\n");
  const [origin = "", digits = "", encoded = ""] = lines;
  const root = strictBase64(encoded);
  const size = Number(digits);
  const shaped = lines.length >= 4 && lines.at(-1) === "" && !lines.slice(0, -1).includes("");
  if (!shaped || !/^(0|[1-9]\d*)$/.test(digits) || !Number.isSafeInteger(size) || root === null || root.length !== 32)
    throw invalid("This is no checkpoint.");
  return { origin, size, root };
}

export const signCheckpoint = (checkpoint: Checkpoint, signer: NoteSigner): string => signNote(checkpointText(checkpoint), [signer]);

/** A checkpoint that one of the keys signed for the log it names. */
export function openCheckpoint(note: string, origin: string, keys: readonly NoteKey[]): Checkpoint {
  const checkpoint = parseCheckpointText(openNote(note, keys));
  if (checkpoint.origin !== origin) throw invalid(`The checkpoint is of ${checkpoint.origin}, not of ${origin}.`);
  return checkpoint;
}

export const sameCheckpoint = (a: Checkpoint, b: Checkpoint): boolean =>
  a.origin === b.origin && a.size === b.size && Buffer.compare(a.root, b.root) === 0;

function parseSignature(line: string): NoteSignature {
  const [, name = "", encoded = ""] = /^\u2014 (\S+) (\S+)$/u.exec(line) ?? [];
  const blob = strictBase64(encoded);
  if (!isKeyName(name) || blob === null || blob.length < 5) throw invalid("This is no signed note: a signature line is broken.");
  return { name, keyId: Buffer.from(blob.subarray(0, 4)).toString("hex"), signature: blob.subarray(4) };
}

/** One text per value: no other alphabet, no missing padding, no stray bits. */
function strictBase64(text: string): Hash | null {
  const bytes = Buffer.from(text, "base64");
  return text !== "" && bytes.toString("base64") === text ? bytes : null;
}

const isKeyName = (name: string): boolean => name !== "" && !/[\s+]/u.test(name);
function requireKeyName(name: string): void {
  if (!isKeyName(name)) throw new TypeError(`"${name}" is no name of a log: no spaces, no plus.`);
}
// biome-ignore lint/suspicious/noControlCharactersInRegex: a note may hold no control character but the newline
const hasControl = (text: string): boolean => /[\u0000-\u0009\u000b-\u001f]/.test(text);
