import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/**
 * A registry that lacks another platform's optional package makes npm leave it out of the lockfile, and then `npm ci` refuses the whole.
 * This finds such gaps, and any registry host; `--mend` fills the gaps with what the packages' names say of their platform.
 */
const FILE = path.join(import.meta.dirname, "../../package-lock.json");

type Entry = {
  version?: string;
  resolved?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
};
type Lockfile = { packages: Record<string, Entry> };

/** Optional packages that nothing in the lockfile satisfies, by the place where npm would put them. */
export function gaps({ packages }: Lockfile): [string, Entry][] {
  return Object.entries(packages).flatMap(([place, { optionalDependencies = {}, dev }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => !foldersAbove(place).some((folder) => `${folder}node_modules/${name}` in packages))
      .map(([name, version]): [string, Entry] => [
        `node_modules/${name}`,
        { version, ...platformOf(name), ...(dev ? { dev } : {}), optional: true },
      ]),
  );
}

/** Where Node would look from a package's folder, nearest first. */
function foldersAbove(place: string): string[] {
  const steps = place.split("node_modules/").slice(1);
  const folders = steps.map(
    (_, index) =>
      `node_modules/${steps
        .slice(0, index + 1)
        .join("node_modules/")
        .replace(/\/$/, "")}/`,
  );
  return [...folders.reverse(), ""];
}

function platformOf(name: string): Entry {
  const find = (known: readonly string[]) => known.filter((word) => name.split(/[-/]/).includes(word));
  const [os, cpu, libc] = [find(["android", "darwin", "linux", "win32"]), find(["arm64", "x64"]), find(["musl"])];
  if (os.length === 0 || cpu.length === 0)
    throw new Error(`${name} is missing from package-lock.json, and its name does not say its platform.`);
  return { os, cpu, ...(libc.length > 0 ? { libc } : {}) };
}

if (process.argv[1] && path.resolve(process.argv[1]) === import.meta.filename) {
  const lockfile = JSON.parse(readFileSync(FILE, "utf8")) as Lockfile;
  const missing = gaps(lockfile);
  const hosts = Object.entries(lockfile.packages).filter(([, { resolved }]) => resolved?.includes("://"));
  if (process.argv.includes("--mend")) {
    Object.assign(lockfile.packages, Object.fromEntries(missing));
    const [root, ...rest] = Object.entries(lockfile.packages);
    if (root) lockfile.packages = Object.fromEntries([root, ...rest.sort(([a], [b]) => a.localeCompare(b, "en"))]);
    writeFileSync(FILE, `${JSON.stringify(lockfile, null, 2)}\n`);
    console.log(`${missing.length} entries added`);
  } else {
    for (const [place] of missing) console.log(`package-lock.json lacks ${place}: run node cli/checks/lockfile.ts --mend`);
    for (const [place] of hosts)
      console.log(`package-lock.json names a host for ${place}: omit-lockfile-registry-resolved is set in .npmrc`);
    if (missing.length + hosts.length === 0) console.log("the lockfile is whole and names no host");
    process.exitCode = missing.length + hosts.length === 0 ? 0 : 1;
  }
}
