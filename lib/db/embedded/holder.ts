import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

const holderFile = (folder: string) => path.join(folder, "running.json");

function read(folder: string): { pid?: unknown; started?: unknown } {
  try {
    return JSON.parse(readFileSync(holderFile(folder), "utf8")) as { pid?: unknown; started?: unknown };
  } catch {
    return {};
  }
}

/** The process that serves from this folder, or null. A number alone proves nothing: it may be somebody else's by now. */
export function holderOf(folder: string): number | null {
  const { pid, started } = read(folder);
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
    if (existsSync(holderFile(folder)) && read(folder).pid === process.pid) rmSync(holderFile(folder), { force: true });
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
