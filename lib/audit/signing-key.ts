import "server-only";
import { createPrivateKey, type KeyObject, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Tx } from "#lib/db/tx.ts";
import { env } from "#lib/env.ts";
import { ed25519Signer, type NoteSigner, noteKeyId, originOf } from "./checkpoint.ts";

let loaded: KeyObject | undefined;

/** The Ed25519 private key that signs manifests, checkpoints and packs. Never generated here: the launcher makes it for the embedded default. */
function signingKey(): KeyObject {
  if (loaded) return loaded;
  const { COUNTERSIGN_SIGNING_KEY: inline, COUNTERSIGN_SIGNING_KEY_FILE: file } = env();
  const pem = inline ?? (file ? readFileSync(file, "utf8") : undefined);
  if (!pem)
    throw new Error("No signing key: set COUNTERSIGN_SIGNING_KEY or COUNTERSIGN_SIGNING_KEY_FILE to an Ed25519 private key (PKCS#8 PEM).");
  const key = createPrivateKey(pem);
  if (key.asymmetricKeyType !== "ed25519") throw new Error("The signing key is not an Ed25519 key.");
  loaded = key;
  return key;
}

/** "countersign/<instance id>": the origin line of this instance's checkpoints and the name of its key. */
export async function instanceOrigin(tx: Tx): Promise<string> {
  const [row] = await tx.rows<{ id: string }>(`SELECT value #>> '{}' AS id FROM settings WHERE key = 'instance.id'`);
  if (!row) throw new Error("The instance has no id: its migrations have not run.");
  return originOf(row.id);
}

export async function instanceSigner(tx: Tx): Promise<NoteSigner> {
  return ed25519Signer(await instanceOrigin(tx), signingKey());
}

export type Signed = { signature: string; keyId: string };

/** Ed25519 over the bytes, base64; with the id of the key as the checkpoints name it. */
export async function signBytes(tx: Tx, bytes: Uint8Array): Promise<Signed> {
  const signer = await instanceSigner(tx);
  return { signature: sign(null, bytes, signingKey()).toString("base64"), keyId: noteKeyId(signer) };
}
