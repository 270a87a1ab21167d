import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { DomainError } from "#lib/errors/domain-error.ts";
import { encryptionKeyOf, openSecret, sealSecret, secretOf } from "./secrets.ts";

const key = encryptionKeyOf(randomBytes(32).toString("base64"));
const row = secretOf("0192f3a1-0000-7abc-8def-000000000001");
const secret = { password: "correct horse" };

it("gives a secret back to the row that it was sealed for, and shows nothing of it", () => {
  const envelope = sealSecret(row, secret, key);
  expect(openSecret(row, envelope, key)).toEqual(secret);
  expect(envelope.includes(Buffer.from("correct"))).toBe(false);
  expect(sealSecret(row, secret, key)).not.toEqual(envelope);
});

it("does not open in another row", () => {
  const envelope = sealSecret(row, secret, key);
  expect(() => openSecret(secretOf("0192f3a1-0000-7abc-8def-000000000002"), envelope, key)).toThrow(DomainError);
});

it("names another key as the cause", () => {
  const envelope = sealSecret(row, secret, key);
  expect(() => openSecret(row, envelope, encryptionKeyOf(randomBytes(32).toString("base64")))).toThrow("encrypted with another key");
});

it("refuses an envelope with any bit flipped, or cut short", () => {
  const envelope = sealSecret(row, secret, key);
  for (let bit = 0; bit < envelope.length * 8; bit += 1) {
    const bent = Buffer.from(envelope);
    bent[bit >> 3] = (bent[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(() => openSecret(row, bent, key), `bit ${bit}`).toThrow(DomainError);
  }
  for (let size = 0; size < envelope.length; size += 1) expect(() => openSecret(row, envelope.subarray(0, size), key)).toThrow(DomainError);
});

it("refuses a key that is not 32 bytes", () => {
  expect(() => encryptionKeyOf(randomBytes(16).toString("base64"))).toThrow("not 32 bytes");
});
