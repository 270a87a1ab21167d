import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  checkpointText,
  ed25519Signer,
  type NoteKey,
  noteKeyId,
  openCheckpoint,
  openNote,
  originOf,
  parseCheckpointText,
  parseNote,
  parseVerifierKey,
  publicKeyObject,
  rawPublicKey,
  sameCheckpoint,
  signCheckpoint,
  signNote,
  verifierKey,
} from "./checkpoint.ts";
import { EMPTY_ROOT, leafHash } from "./merkle.ts";

const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");
const seedKey = (seed: Uint8Array) => createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: "der", type: "pkcs8" });
const newSigner = (name: string) => ed25519Signer(name, generateKeyPairSync("ed25519").privateKey);

describe("the note of the reference implementation", () => {
  const published = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
  const seed = Buffer.from("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz", "base64").subarray(1);
  const text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
  const note = `${text}\n\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`;

  it("is signed by us byte for byte, with the same key id", () => {
    const signer = ed25519Signer("PeterNeumann", seedKey(seed));
    expect(verifierKey(signer)).toBe(published);
    expect(signNote(text, [signer])).toBe(note);
  });

  it("is opened by us", () => {
    expect(openNote(note, [parseVerifierKey(published)])).toBe(text);
  });

  it("is refused with one letter changed", () => {
    expect(() => openNote(note.replace("your problem is", "your problem it"), [parseVerifierKey(published)])).toThrow("does not verify");
  });

  it.each([
    published.replace("c74f20a3", "c74f20a4"),
    published.replace("PeterNeumann", "PeterNeuman"),
    published.replace("+ARpc", "+AhpC"),
    published.slice(0, -4),
    "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    "",
  ])("its key mangled as %s is refused", (mangled) => {
    expect(() => parseVerifierKey(mangled)).toThrow();
  });
});

describe("the checkpoint of the specification", () => {
  const note =
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n" +
    "\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";

  it("parses to its origin, size, root and key id", () => {
    const { text, signatures } = parseNote(note);
    const { origin, size, root } = parseCheckpointText(text);
    expect({ origin, size, root: Buffer.from(root).toString("base64") }).toEqual({
      origin: "example.com/behind-the-sofa",
      size: 20852163,
      root: "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=",
    });
    expect(signatures.map(({ name, keyId, signature }) => [name, keyId, signature.length])).toEqual([
      ["example.com/behind-the-sofa", "033de0ae", 64],
    ]);
  });

  it("is written by us as it stands there", () => {
    const { text } = parseNote(note);
    expect(checkpointText(parseCheckpointText(text))).toBe(text);
  });

  it("is not believed without its key", () => {
    expect(() => openCheckpoint(note, "example.com/behind-the-sofa", [newSigner("example.com/behind-the-sofa")])).toThrow("No known key");
  });
});

describe("our checkpoints", () => {
  const origin = originOf("0b5f8c1e");
  const signer = newSigner(origin);
  const checkpoint = { origin, size: 7, root: leafHash("a") };
  const note = signCheckpoint(checkpoint, signer);

  it("open with the key, given as a line of text, to what was signed", () => {
    const opened = openCheckpoint(note, origin, [parseVerifierKey(verifierKey(signer))]);
    expect(sameCheckpoint(opened, checkpoint)).toBe(true);
  });

  it("may be of an empty log", () => {
    const empty = { origin, size: 0, root: EMPTY_ROOT };
    expect(openCheckpoint(signCheckpoint(empty, signer), origin, [signer]).size).toBe(0);
  });

  it("carry further signatures, of witnesses, that are not ours to judge", () => {
    const witnessed = signNote(checkpointText(checkpoint), [newSigner("witness.test/w1"), signer]);
    expect(openCheckpoint(witnessed, origin, [signer]).size).toBe(7);
  });

  it("are refused when a known key's signature is broken, even beside a good one", () => {
    const second = newSigner("second.test");
    const forger = { ...second, sign: () => Buffer.alloc(64) };
    expect(() => openCheckpoint(signNote(checkpointText(checkpoint), [signer, forger]), origin, [signer, second])).toThrow(
      "does not verify",
    );
  });

  it("are refused for another log, and from another key under the same name", () => {
    expect(() => openCheckpoint(note, originOf("other"), [signer])).toThrow("not of countersign/other");
    expect(() => openCheckpoint(signCheckpoint(checkpoint, newSigner(origin)), origin, [signer])).toThrow("No known key");
  });

  it("are refused with any one byte changed", () => {
    const bytes = Buffer.from(note, "utf8");
    const accepted: number[] = [];
    for (let position = 0; position < bytes.length; position += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const changed = Buffer.from(bytes);
        changed[position] = (changed[position] ?? 0) ^ (1 << bit);
        try {
          openCheckpoint(changed.toString("utf8"), origin, [signer]);
          accepted.push(position);
        } catch {
          // refused, as it must be
        }
      }
    }
    expect(accepted).toEqual([]);
  });

  it.each<[string, string]>([
    ["leading zeroes", `${origin}\n07\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n`],
    ["a sign", `${origin}\n+7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n`],
    ["a size beyond 2^53", `${origin}\n9007199254740993\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n`],
    ["a short root", `${origin}\n7\nCsUYapGGPo4=\n`],
    ["base64 with stray bits", `${origin}\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n`],
    ["no root", `${origin}\n7\n`],
    ["an empty extension line", `${origin}\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\nx\n`],
    ["no last newline", `${origin}\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=`],
  ])("are not read with %s", (_name, text) => {
    expect(() => parseCheckpointText(text)).toThrow("no checkpoint");
  });

  it("cannot be framed by a name", () => {
    expect(() => checkpointText({ ...checkpoint, origin: "evil\n999" })).toThrow(TypeError);
    expect(() => ed25519Signer("two words", generateKeyPairSync("ed25519").privateKey)).toThrow(TypeError);
  });

  it("a public key survives its raw form, and other kinds of key are refused", () => {
    const raw = rawPublicKey(publicKeyObject(signer.publicKey));
    const again: NoteKey = { name: origin, publicKey: raw };
    expect(noteKeyId(again)).toBe(noteKeyId(signer));
    expect(() => rawPublicKey(generateKeyPairSync("x25519").publicKey)).toThrow(TypeError);
    expect(() => publicKeyObject(Buffer.alloc(31))).toThrow("32 bytes");
  });
});
