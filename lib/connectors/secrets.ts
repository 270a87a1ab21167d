import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { env } from "#lib/env.ts";
import { DomainError } from "#lib/errors/domain-error.ts";

/**
 * Envelope of a source's secret: version, key id, nonce, tag, ciphertext. AES-256-GCM; the row that it belongs to is authenticated with it,
 * so that a secret copied to another source does not open there.
 */
const VERSION = 1;
const KEY_ID_BYTES = 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + KEY_ID_BYTES + NONCE_BYTES + TAG_BYTES;

export type EncryptionKey = { id: Buffer; key: Buffer };

/** The key's id is a digest of it: nobody has to number keys, and a wrong one is told from a damaged envelope. */
export function encryptionKeyOf(base64: string): EncryptionKey {
  const key = Buffer.from(base64.trim(), "base64");
  if (key.length !== 32)
    throw new DomainError("UNAVAILABLE", "The encryption key is not 32 bytes in base64. Check COUNTERSIGN_ENCRYPTION_KEY.");
  return { key, id: createHash("sha256").update("countersign key id").update(key).digest().subarray(0, KEY_ID_BYTES) };
}

function currentKey(): EncryptionKey {
  const { COUNTERSIGN_ENCRYPTION_KEY: text, COUNTERSIGN_ENCRYPTION_KEY_FILE: file } = env();
  const value = text ?? (file ? readFileSync(file, "utf8") : undefined);
  if (!value) throw new DomainError("UNAVAILABLE", "Secrets cannot be kept: COUNTERSIGN_ENCRYPTION_KEY is not set.");
  return encryptionKeyOf(value);
}

export function sealSecret(row: string, secret: unknown, { id, key }: EncryptionKey = currentKey()): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const header = Buffer.concat([Buffer.from([VERSION]), id]);
  cipher.setAAD(Buffer.concat([header, Buffer.from(row)]));
  const sealed = Buffer.concat([cipher.update(JSON.stringify(secret), "utf8"), cipher.final()]);
  return Buffer.concat([header, nonce, cipher.getAuthTag(), sealed]);
}

/** Throws without a word of what is inside. */
export function openSecret(row: string, envelope: Buffer, { id, key }: EncryptionKey = currentKey()): unknown {
  if (envelope.length <= HEADER_BYTES || envelope[0] !== VERSION) throw unreadable("it is damaged");
  const header = envelope.subarray(0, 1 + KEY_ID_BYTES);
  if (!header.subarray(1).equals(id)) throw unreadable("it was encrypted with another key");
  const nonce = envelope.subarray(header.length, header.length + NONCE_BYTES);
  const decipher = createDecipheriv("aes-256-gcm", key, nonce);
  decipher.setAAD(Buffer.concat([header, Buffer.from(row)]));
  decipher.setAuthTag(envelope.subarray(header.length + NONCE_BYTES, HEADER_BYTES));
  try {
    const text = Buffer.concat([decipher.update(envelope.subarray(HEADER_BYTES)), decipher.final()]).toString("utf8");
    return JSON.parse(text);
  } catch {
    throw unreadable("it is damaged, or belongs to another source");
  }
}

/** AAD of a source's reading secret. */
export const secretOf = (sourceId: string): string => `sources:${sourceId}`;

const unreadable = (why: string) => new DomainError("UNAVAILABLE", `The source's secret cannot be read: ${why}. Enter it again.`);
