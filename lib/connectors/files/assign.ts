import { columnsRead, type FileMapping } from "./mapping.ts";

export type Seen = { name: string; columns: readonly string[] };
export type Assignment = {
  /** Upload name to the file of the mapping that it is. */
  assigned: ReadonlyMap<string, string>;
  /** Uploads that no file of the mapping fits. */
  unknown: string[];
  /** Files of the mapping that nothing was uploaded for. */
  missing: string[];
};

/**
 * Recognises uploads by a saved mapping: by the name, then by the name without its digits (accounts-2026-01.csv is accounts-2025-12.csv
 * again), then by the header, where all columns that the mapping reads are there and no other file of the mapping fits as well.
 */
export function assignUploads(files: readonly FileMapping[], uploads: readonly Seen[]): Assignment {
  const assigned = new Map<string, string>();
  for (const upload of uploads) {
    const fits = (file: FileMapping) => file.format.kind === "jsonl" || neededColumns(file).every((name) => upload.columns.includes(name));
    const rules = [
      (file: FileMapping) => plainName(file.name) === plainName(upload.name),
      (file: FileMapping) => stem(file.name) !== "" && stem(file.name) === stem(upload.name),
      (file: FileMapping) => file.columns.length === upload.columns.length && file.columns.every((name) => upload.columns.includes(name)),
      (file: FileMapping) => neededColumns(file).length > 0,
    ];
    for (const rule of rules) {
      const matches = files.filter((file) => fits(file) && rule(file));
      if (matches.length !== 1 || !matches[0]) continue;
      assigned.set(upload.name, matches[0].name);
      break;
    }
  }
  const taken = new Set(assigned.values());
  return {
    assigned,
    unknown: uploads.map(({ name }) => name).filter((name) => !assigned.has(name)),
    missing: files.map(({ name }) => name).filter((name) => !taken.has(name)),
  };
}

const neededColumns = (file: FileMapping) => [...new Set(file.targets.flatMap(columnsRead))];
const plainName = (name: string) => name.toLowerCase().replace(/\.gz$/, "");
const stem = (name: string) =>
  plainName(name)
    .replace(/\.[a-z]+$/, "")
    .replace(/[\d\s._-]+/g, "");
