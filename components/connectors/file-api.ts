import type { FileFormat, FileMapping } from "#lib/connectors/files/mapping.ts";
import type { FilePreview } from "#lib/connectors/files/preview.ts";
import { Sha256 } from "./sha256.ts";

export type Progress = (share: number) => void;

/** What the uploader says of a file. */
export type UploadFacts = {
  mappedAs: string;
  /** Another file of the same import stands for the same mapped file. */
  isPiece: boolean;
  exportedAt?: string;
  attestation?: { tool: string; version: string; command: string; identity: string };
};

/** What the server answers to an upload: the file lies there, and has this digest there as well. */
export type StoredUpload = { fileId: string; sha256: string; bytes: number };

const BREATH_BYTES = 4 * 1024 * 1024;
/** A preview reads two hundred rows; they stand in the first mebibyte, so no more is sent before somebody says "Import". */
const SAMPLE_BYTES = 1024 * 1024;

/** The digest of a file, by reading it once; the page stays alive meanwhile. */
export async function hashFile(file: File, progress: Progress, signal: AbortSignal): Promise<string> {
  const hash = new Sha256();
  const reader = file.stream().getReader();
  let read = 0;
  let sinceBreath = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return hash.digest();
      signal.throwIfAborted();
      hash.update(value);
      read += value.length;
      sinceBreath += value.length;
      if (sinceBreath < BREATH_BYTES) continue;
      sinceBreath = 0;
      progress(read / file.size);
      await new Promise((resolve) => setTimeout(resolve));
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

type Sending = { sourceId: string; file: File; sha256: string; facts: UploadFacts };

/** Sends a file with its digest. Not fetch, which tells nothing of how far it is. */
export function sendFile({ sourceId, file, sha256, facts }: Sending, progress: Progress, signal: AbortSignal): Promise<StoredUpload> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const fail = (message: string) => reject(new Error(message));
    request.open("POST", `/api/v1/sources/${sourceId}/files?${new URLSearchParams({ name: file.name })}`);
    request.setRequestHeader("content-type", "application/octet-stream");
    request.setRequestHeader("content-digest", digestField(sha256));
    // A header, not the address: addresses are logged on the way, and a command may say more than its author thought.
    request.setRequestHeader("upload-facts", encodeURIComponent(JSON.stringify(facts)));
    request.upload.onprogress = ({ loaded, total }) => progress(total === 0 ? 1 : loaded / total);
    request.onerror = () => fail("The upload broke off. Nothing was kept of it; try again.");
    request.onabort = () => fail("The upload was stopped.");
    request.onload = () => {
      const answer = parsed(request.responseText);
      if (request.status >= 200 && request.status < 300) resolve(answer as StoredUpload);
      else fail(messageOf(answer) ?? `The server answered ${request.status}. Nothing was kept of the file.`);
    };
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}

/** "sha-256=:…:", as RFC 9530 writes it. */
export function digestField(sha256: string): string {
  const bytes = Uint8Array.from(sha256.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return `sha-256=:${btoa(String.fromCharCode(...bytes))}:`;
}

/** `mappedAs`: which file of the source's saved mapping this is; null where it is none of them. */
export type PreviewAnswer = { preview: FilePreview; mappedAs: string | null };
export type PreviewAsked = { mapping?: FileMapping; format?: FileFormat };

/** What an import of the file would yield, from its beginning. `sourceId` looks for it in what the source has saved. */
export async function readPreview(file: File, sourceId: string | null, asked: PreviewAsked, signal: AbortSignal): Promise<PreviewAnswer> {
  const body = new FormData();
  body.set("sample", file.slice(0, SAMPLE_BYTES), file.name);
  body.set("asked", JSON.stringify({ name: file.name, ...(sourceId ? { sourceId } : {}), ...asked }));
  const response = await fetch("/api/v1/sources/preview", { method: "POST", signal, headers: { accept: "application/json" }, body });
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok) throw new Error(messageOf(answer) ?? `The preview answered ${response.status}.`);
  return withSize(answer as PreviewAnswer, file);
}

/** The server saw the beginning only. */
function withSize({ preview, mappedAs }: PreviewAnswer, file: File): PreviewAnswer {
  return { mappedAs, preview: { ...preview, bytes: file.size, isWhole: preview.isWhole && file.size <= SAMPLE_BYTES } };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The sentences of a problem+json. */
function messageOf(answer: unknown): string | null {
  if (typeof answer !== "object" || answer === null || !("detail" in answer)) return null;
  const fields = "fields" in answer && typeof answer.fields === "object" && answer.fields ? Object.entries(answer.fields) : [];
  return [String(answer.detail), ...fields.slice(0, 3).map(([name, message]) => `${name}: ${message}`)].join(" ");
}
