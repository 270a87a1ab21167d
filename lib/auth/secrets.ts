import { createHash, randomBytes, randomInt } from "node:crypto";

/** Letters and digits that are not mistaken for one another. */
const CODE_ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789";

/** 256 random bits: a sign-in's cookie, an API token. */
export const newSecret = (prefix: string): string => `${prefix}${randomBytes(32).toString("base64url")}`;

/** What is stored of a secret. Its entropy makes a slow hash needless. */
export const digestOf = (secret: string): Buffer => createHash("sha256").update(secret, "utf8").digest();

/** A code that a person may have to type, in groups of four. 24 characters hold 117 bits, 8 hold 39. */
export function newCode(length: 8 | 24): string {
  const characters = Array.from({ length }, () => CODE_ALPHABET[randomInt(CODE_ALPHABET.length)]);
  return (characters.join("").match(/.{4}/g) ?? []).join("-");
}

/** As typed: case, spaces and dashes do not matter. */
export const codeDigestOf = (typed: string): Buffer => digestOf(typed.toUpperCase().replace(/[^A-Z0-9]/g, ""));
