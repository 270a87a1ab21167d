import { createHash } from "node:crypto";
import type { Hash, JsonValue } from "./types.ts";

const MAX_DEPTH = 64;

/**
 * RFC 8785 text of a value. Stricter than the RFC where a digest must mean the same in every language: fractions, integers
 * beyond 2^53 - 1, lone surrogates, undefined and anything but plain objects and arrays are refused, never bent into shape.
 */
export function canonicalize(value: JsonValue): string {
  return write(value, "", 0);
}

export function canonicalDigest(value: JsonValue): Hash {
  return createHash("sha256").update(canonicalize(value), "utf8").digest();
}

function write(value: unknown, path: string, depth: number): string {
  if (depth > MAX_DEPTH) throw refused(path, `nested deeper than ${MAX_DEPTH}`);
  if (value === null) return "null";
  switch (typeof value) {
    case "boolean":
      return value ? "true" : "false";
    case "number":
      if (!Number.isSafeInteger(value)) throw refused(path, "only integers up to 2^53 - 1 are allowed; use a string");
      return JSON.stringify(value);
    case "string":
      return writeString(value, path);
    case "object":
      return Array.isArray(value) ? writeArray(value, path, depth) : writeObject(value, path, depth);
    default:
      throw refused(path, `${typeof value} has no canonical form`);
  }
}

/** JSON.stringify escapes strings exactly as RFC 8785 asks, once lone surrogates are out. */
function writeString(value: string, path: string): string {
  if (!value.isWellFormed()) throw refused(path, "a lone surrogate");
  return JSON.stringify(value);
}

function writeArray(values: readonly unknown[], path: string, depth: number): string {
  const parts: string[] = [];
  for (let index = 0; index < values.length; index += 1) parts.push(write(values[index], `${path}/${index}`, depth + 1));
  return `[${parts.join(",")}]`;
}

function writeObject(value: object, path: string, depth: number): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw refused(path, "not a plain object");
  if (Object.getOwnPropertySymbols(value).length > 0) throw refused(path, "a symbol as a key");
  const parts = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1)) // UTF-16 code units, as the RFC orders them
    .map(([key, member]) => `${writeString(key, path)}:${write(member, `${path}/${key}`, depth + 1)}`);
  return `{${parts.join(",")}}`;
}

const refused = (path: string, why: string) => new TypeError(`No canonical JSON for ${path === "" ? "the value" : path}: ${why}.`);
