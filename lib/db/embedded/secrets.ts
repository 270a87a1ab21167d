import { generateKeyPairSync, randomBytes } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";

/** Reads `<folder>/<name>`, making it first where there is none: readable by its owner alone, never half written, never overwritten. */
export async function secret(folder: string, name: string, make: () => string = randomPassword): Promise<string> {
  const file = path.join(folder, name);
  const known = await readFile(file, "utf8").catch(() => null);
  if (known !== null) return known.trim();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;
  await writeFile(draft, `${make().trim()}\n`, { mode: 0o600, flush: true });
  try {
    await link(draft, file); // fails where another process made it in the meantime
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return (await readFile(file, "utf8")).trim();
}

export const randomPassword = (): string => randomBytes(24).toString("base64url");

/** 32 bytes in base64: encrypts source secrets. */
export const encryptionKey = (): string => randomBytes(32).toString("base64");

/** Ed25519, PKCS#8 PEM: signs manifests, checkpoints and packs. */
export const signingKey = (): string => generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
