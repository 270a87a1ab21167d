import type { FileMapping, FilesMapping } from "#lib/connectors/files/mapping.ts";
import type { FilePreview } from "#lib/connectors/files/preview.ts";

/** What is known of one chosen file when "Import" is pressed. */
export type PlannedFile = {
  key: string;
  name: string;
  /** null while the preview is on its way. */
  mapping: FileMapping | null;
  /** The file of the saved mapping that it is; null where it is a new one. */
  mappedAs: string | null;
  /** The mapping is not the saved one. */
  isChanged: boolean;
  preview: FilePreview | null;
  /** The digest is still being computed, or the file could not be read. */
  isReadable: boolean;
};

/** Everything that keeps the files from being imported, in words. Empty means go. */
export function importBlockers(files: readonly PlannedFile[]): string[] {
  const names = new Map<string, number>();
  for (const { name } of files) names.set(name, (names.get(name) ?? 0) + 1);
  const twice = [...names].filter(([, count]) => count > 1).map(([name]) => `${name} was chosen twice: remove one.`);
  const single = files.flatMap(({ name, mapping, preview, isReadable }) => {
    if (!isReadable) return [`${name} could not be read: remove it or choose it again.`];
    if (!mapping || !preview) return [`${name} is still being looked at.`];
    const errors = preview.problems.filter(({ severity }) => severity === "error").length;
    if (errors > 0) return [`${name} has ${errors === 1 ? "a problem that has" : `${errors} problems that have`} to be settled first.`];
    if (mapping.targets.length === 0) return [`Say what ${name} tells, or remove it.`];
    return [];
  });
  return [...(files.length === 0 ? ["Choose at least one file."] : []), ...twice, ...single];
}

/** The mapping to save: what was saved, with the files that are new or were changed put in their places. */
export function mappingToSave(saved: readonly FileMapping[], files: readonly PlannedFile[]): FilesMapping {
  const changed = files.filter(({ isChanged, mappedAs }) => isChanged || mappedAs === null);
  const byName = new Map(saved.map((file) => [file.name, file]));
  for (const { mapping, mappedAs, name } of changed) {
    const place = mappedAs ?? name;
    if (mapping) byName.set(place, { ...mapping, name: place });
  }
  return { version: 1, files: [...byName.values()] };
}

export const needsSaving = (files: readonly PlannedFile[]): boolean =>
  files.some(({ isChanged, mappedAs }) => isChanged || mappedAs === null);

/** A source that tells of people may create them; without that its people would only be compared. */
export const tellsPeople = (mapping: FilesMapping): boolean =>
  mapping.files.some(({ targets }) => targets.some(({ stream }) => stream === "people"));

/** Files of the saved mapping that nothing was chosen for: their last upload counts again. */
export function filesKept(saved: readonly FileMapping[], files: readonly PlannedFile[]): string[] {
  const taken = new Set(files.map(({ mappedAs, name }) => mappedAs ?? name));
  return saved.map(({ name }) => name).filter((name) => !taken.has(name));
}
