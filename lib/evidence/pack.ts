import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { publicKeyObject } from "#lib/audit/checkpoint.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { containerBytes } from "./container.ts";
import { factsOf, fingerprintOf, manifestText, REQUIRED_FILES } from "./manifest.ts";
import { readmeText } from "./readme.ts";
import type { FileFacts, ManifestFields, PackKind, PackSigner } from "./types.ts";
import { verifyPack } from "./verifier/verify.js";

/** Joined as text: a bundler takes a URL made from import.meta.url for an asset of the browser. */
const VERIFIER_FILE = join(dirname(fileURLToPath(import.meta.url)), "verifier", "verify.js");

type Source = { readonly name: string; open(): AsyncIterable<Uint8Array> };

export type PackReceipt = { sha256: string; size: number; root: string; fingerprint: string; files: number };

/**
 * Makes a pack of what lies in `directory` (its files, under their relative names), adding manifest, signature, key, README and verifier.
 * The same directory, fields and key give the same bytes. Each file streams twice: once for its digests, once into the container. The result
 * is verified before it gets its name, so a pack that would be refused is never handed out.
 */
export async function buildPack(input: {
  directory: string;
  outFile: string;
  kind: PackKind;
  fields: ManifestFields;
  signer: PackSigner;
  /** The log's key, name+id+base64, that signed audit/checkpoint.txt. */
  checkpointKey: string;
  /** Of files that were digested while they were written: those are not read for it again. What they really are is verified at the end. */
  facts?: readonly FileFacts[];
}): Promise<PackReceipt> {
  const fingerprint = fingerprintOf(input.signer.publicKey);
  const sources = [...(await filesIn(input.directory)), ...(await ownFiles(input.signer.publicKey))];
  requireFiles(input.kind, sources);
  const known = new Map(input.facts?.map((facts) => [facts.name, facts]));
  const files = [];
  for (const source of sources) files.push({ source, facts: known.get(source.name) ?? (await factsOf(source.name, source.open())) });

  const manifest = Buffer.from(
    manifestText({
      ...input,
      files: files.map(({ facts }) => facts),
      publicKey: input.signer.publicKey,
      checkpointNote: await readFile(join(input.directory, "audit", "checkpoint.txt"), "utf8"),
    }),
  );
  for (const source of [inMemory("manifest.json", manifest), inMemory("manifest.sig", input.signer.sign(manifest))])
    files.push({ source, facts: await factsOf(source.name, source.open()) });
  const entries = files.map(({ source, facts }) => ({ name: facts.name, size: facts.size, crc32: facts.crc32, open: source.open }));

  const partFile = `${input.outFile}.part`;
  try {
    const written = await writeTo(partFile, containerBytes(entries));
    const verdict = await verifyPack(partFile, { key: fingerprint });
    if (verdict.verdict !== "verified" || !verdict.pack)
      throw new DomainError(
        "INTERNAL",
        `The pack did not verify and was not handed out: ${verdict.problems[0]?.message ?? "no reason given"}`,
        {
          details: { problems: verdict.problems },
        },
      );
    await rename(partFile, input.outFile);
    return { ...written, root: verdict.pack.root, fingerprint, files: entries.length };
  } catch (error) {
    await rm(partFile, { force: true });
    throw error;
  }
}

async function filesIn(directory: string): Promise<Source[]> {
  const found = await readdir(directory, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => !entry.isDirectory())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const name = relative(directory, path).split(sep).join("/");
      if (!entry.isFile()) throw new TypeError(`${name} is no plain file.`);
      return { name, open: () => createReadStream(path, { highWaterMark: 1 << 20 }) };
    });
}

async function ownFiles(publicKey: Uint8Array): Promise<Source[]> {
  return [
    inMemory("README.txt", Buffer.from(readmeText({ fingerprint: fingerprintOf(publicKey) }))),
    inMemory("public-key.pem", Buffer.from(publicKeyObject(publicKey).export({ format: "pem", type: "spki" }))),
    // .mjs, so that Node takes it for a module wherever it is unpacked.
    inMemory("verify.mjs", await readFile(VERIFIER_FILE)),
  ];
}

function inMemory(name: string, bytes: Uint8Array): Source {
  return {
    name,
    async *open() {
      yield bytes;
    },
  };
}

function requireFiles(kind: PackKind, sources: readonly Source[]): void {
  const names = new Set(sources.map(({ name }) => name));
  const missing = REQUIRED_FILES[kind].filter((name) => !names.has(name));
  if (missing.length > 0) throw new TypeError(`A pack of kind ${kind} lacks ${missing.join(", ")}.`);
}

async function writeTo(file: string, bytes: AsyncIterable<Uint8Array>): Promise<{ sha256: string; size: number }> {
  const digest = createHash("sha256");
  let size = 0;
  const handle = await open(file, "w", 0o600);
  try {
    for await (const chunk of bytes) {
      digest.update(chunk);
      size += chunk.length;
      await handle.writeFile(chunk);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { sha256: digest.digest("hex"), size };
}
