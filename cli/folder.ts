import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/** The layout of the data folder. Raise it when an older Countersign could no longer read what this one writes there. */
const FORMAT = 1;

const formatFile = (folder: string) => path.join(folder, "format.json");
const choiceFile = (folder: string) => path.join(folder, "instance.json");

const read = (file: string): Record<string, unknown> => {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  } catch {
    return {};
  }
};

/** Makes the folder where there is none, and refuses one that a newer version wrote. */
export function openFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const format = read(formatFile(folder)).format;
  if (typeof format === "number" && format > FORMAT) {
    throw new Error(
      `The data folder ${folder} is of a newer Countersign (format ${format}, this one knows ${FORMAT}). Start that version, or set COUNTERSIGN_DATA_DIR.`,
    );
  }
  if (format !== FORMAT) writeFileSync(formatFile(folder), `${JSON.stringify({ format: FORMAT })}\n`);
}

/** Which instance the folder serves: what was said last, and at first the demo. */
export function demoChoice(folder: string, said: boolean | undefined): boolean {
  const known = read(choiceFile(folder)).demo;
  const demo = said ?? (typeof known === "boolean" ? known : true);
  if (demo !== known) writeFileSync(choiceFile(folder), `${JSON.stringify({ demo })}\n`);
  return demo;
}
