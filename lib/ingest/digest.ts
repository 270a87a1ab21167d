import { createHash } from "node:crypto";
import { canonicalize } from "#lib/audit/canonical.ts";
import type { JsonValue } from "#lib/audit/types.ts";

/** Raised when the same bytes and settings would be read differently: then an unchanged input is read again. */
const READING = 1;

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** The settings and mapping that a run read with. Secrets have no part in it. */
export const configDigest = (kind: string, config: unknown): string =>
  sha256(canonicalize({ reading: READING, kind, config: plain(config) }));

/** What a run of uploaded files is made from; equal digests mean that there is nothing to read. */
export function inputDigest(config: string, files: readonly { name: string; mappedAs?: string | undefined; sha256: string }[]): string {
  const lines = files.map((file) => `${file.sha256} ${JSON.stringify(file.mappedAs ?? file.name)}\n`).sort();
  return sha256([`${config}\n`, ...lines].join(""));
}

/** jsonb as JSON: what cannot be written as JSON was never stored. */
const plain = (value: unknown): JsonValue => JSON.parse(JSON.stringify(value ?? null)) as JsonValue;
