import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll } from "vitest";
import type { StoredFile } from "./bytes.ts";
import { type FileMapping, fileMapping } from "./mapping.ts";
import type { UploadedFile } from "./upload.ts";

/** For tests only: files in a folder of the test file's own, gone when it ends. */
export function temporaryFiles() {
  const folder = mkdtempSync(path.join(tmpdir(), "countersign-files-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let written = 0;
  return {
    folder,
    write(name: string, content: string | Uint8Array): StoredFile {
      written += 1;
      const file = { name, path: path.join(folder, `${written}.stored`) };
      writeFileSync(file.path, content);
      return file;
    },
  };
}

/** The upload of a stored file, as the web part would record it. */
export function uploadOf(file: StoredFile, more: Partial<UploadedFile> = {}): UploadedFile {
  const bytes = readFileSync(file.path);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { ...file, sha256, bytes: bytes.length, uploadedAt: "2026-11-20T10:00:00Z", uploader: "Olga Orlova", ...more };
}

/** A mapping of a comma-separated file with double quotes, with what a test changes about it. */
export const csvMapping = (mapping: Partial<FileMapping> & Pick<FileMapping, "name" | "columns">): FileMapping =>
  fileMapping.parse({
    format: { kind: "csv", delimiter: ",", quote: '"', header: true, encoding: "utf-8" },
    excluded: [],
    targets: [],
    ...mapping,
  });

const SAMPLES = path.join(import.meta.dirname, "../../../../shared/data/midpoint-samples");

/** Real exports, kept outside the repository; tests that need them say that they were skipped where they are absent. */
export const hasSamples = existsSync(SAMPLES);
if (!hasSamples) console.warn("Skipped: the sample files (../shared/data/midpoint-samples) are not here.");

export const sampleFile = (name: string): StoredFile => ({ name: name.replace(/^.*_(?=[^_]+$)/, ""), path: path.join(SAMPLES, name) });
