import { createHash } from "node:crypto";
import { canonicalize } from "./canonical.ts";
import type { JsonObject, JsonValue, Reveal } from "./types.ts";

/** The one key of the object that stands in a body where a personal value was. */
export const COMMITMENT_KEY = "$commitment";
const SALT_BYTES = 16;
const DOMAIN = "countersign-commitment-v1";

/** A value that must not be readable from the log itself. Made by `personal`. */
export class Personal {
  readonly value: JsonValue;
  constructor(value: JsonValue) {
    this.value = value;
  }
}
export const personal = (value: JsonValue): Personal => new Personal(value);

/** JSON in which some values are marked personal. */
export type Sealable = null | boolean | number | string | Personal | readonly Sealable[] | { readonly [key: string]: Sealable };

/**
 * SHA-256 over the canonical text of domain, place, salt and value. The place (a JSON pointer) is inside, so an opened value cannot be
 * shown under another name; the salt keeps names and addresses from being guessed once it is gone.
 */
export function commitmentOf({ path, salt, value }: Reveal): string {
  const text = canonicalize({ domain: DOMAIN, path, salt, value });
  return `sha256:${createHash("sha256").update(text, "utf8").digest("hex")}`;
}

/** Splits a body into what the log keeps for ever and what retention may drop. `drawSalt` gives 16 fresh random bytes a call. */
export function sealPersonal(body: Sealable, drawSalt: () => Uint8Array): { body: JsonValue; reveals: Reveal[] } {
  const reveals: Reveal[] = [];
  const seal = (value: Sealable, path: string): JsonValue => {
    if (value instanceof Personal) {
      const salt = drawSalt();
      if (salt.length !== SALT_BYTES) throw new RangeError(`A salt has ${SALT_BYTES} bytes.`);
      const reveal = { path, salt: Buffer.from(salt).toString("hex"), value: value.value };
      reveals.push(reveal);
      return { [COMMITMENT_KEY]: commitmentOf(reveal) };
    }
    if (value === null || typeof value !== "object") return value;
    if (isList(value)) return value.map((member, index) => seal(member, `${path}/${index}`));
    if (Object.hasOwn(value, COMMITMENT_KEY)) throw new TypeError(`${path}: ${COMMITMENT_KEY} is a reserved key.`);
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, seal(member, `${path}/${pointerToken(key)}`)]));
  };
  return { body: seal(body, ""), reveals };
}

/** Whether the value is the one that the body committed to, at that place and with that salt. */
export function opensCommitment(body: JsonValue, reveal: Reveal): boolean {
  const committed = commitmentAt(body, reveal.path);
  return committed !== null && committed === commitmentOf(reveal);
}

/**
 * The body with opened values back in place, for screens. A value without a fitting reveal stays a commitment: the caller shows it as
 * no longer kept, never as empty.
 */
export function openBody(body: JsonValue, reveals: readonly Reveal[]): JsonValue {
  const byPath = new Map(reveals.map((reveal) => [reveal.path, reveal]));
  const open = (value: JsonValue, path: string): JsonValue => {
    if (value === null || typeof value !== "object") return value;
    if (isList(value)) return value.map((member, index) => open(member, `${path}/${index}`));
    const committed = commitmentIn(value);
    if (committed !== null) {
      const reveal = byPath.get(path);
      return reveal && commitmentOf(reveal) === committed ? reveal.value : value;
    }
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, open(member, `${path}/${pointerToken(key)}`)]));
  };
  return open(body, "");
}

function commitmentAt(body: JsonValue, path: string): string | null {
  let value: JsonValue | undefined = body;
  for (const token of path === "" ? [] : path.slice(1).split("/")) {
    if (value === null || value === undefined || typeof value !== "object") return null;
    const key = token.replaceAll("~1", "/").replaceAll("~0", "~");
    value = isList(value) ? value[Number(key)] : Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return value === null || value === undefined || typeof value !== "object" || isList(value) ? null : commitmentIn(value);
}

function commitmentIn(value: JsonObject): string | null {
  const committed = value[COMMITMENT_KEY];
  return typeof committed === "string" && Object.keys(value).length === 1 ? committed : null;
}

/** RFC 6901. */
const pointerToken = (key: string) => key.replaceAll("~", "~0").replaceAll("/", "~1");

/** Array.isArray does not narrow readonly arrays. */
function isList<T>(value: readonly T[] | object): value is readonly T[] {
  return Array.isArray(value);
}
