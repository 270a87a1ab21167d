import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

/** The layout of the data folder. Raise it when an older Countersign could no longer read what this one writes there. */
const FORMAT = 1;

const formatFile = (folder: string) => path.join(folder, "format.json");
const holderFile = (folder: string) => path.join(folder, "running.json");
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

/** The process that serves from this folder, or null. A number alone proves nothing: it may be somebody else's by now. */
export function holderOf(folder: string): number | null {
  const { pid, started } = read(holderFile(folder));
  return typeof pid === "number" && typeof started === "string" && startOf(pid) === started ? pid : null;
}

/** One launcher per folder: two would stop each other's database. Returns what gives it up again. */
export function holdFolder(folder: string): () => void {
  const holder = holderOf(folder);
  if (holder !== null && holder !== process.pid) {
    throw new Error(`Countersign already runs on ${folder} (process ${holder}). Stop that one first, or set COUNTERSIGN_DATA_DIR.`);
  }
  writeFileSync(holderFile(folder), `${JSON.stringify({ pid: process.pid, started: startOf(process.pid) })}\n`);
  return () => {
    if (existsSync(holderFile(folder)) && read(holderFile(folder)).pid === process.pid) rmSync(holderFile(folder), { force: true });
  };
}

/** When a process began, in its system's own words; null when there is none, or only its zombie. */
function startOf(pid: number): string | null {
  try {
    if (process.platform !== "linux") return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim() || null;
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return fields[0] === "Z" ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}
