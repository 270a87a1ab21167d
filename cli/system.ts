import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { systemBinaries } from "#lib/db/embedded/binaries.ts";

/** What the tests take from the system, installed with apt where that is possible; never a failure of its own. */

const CHROMIUM = "/usr/bin/chromium";

function aptInstall(name: string, progress: (line: string) => void): boolean {
  if (process.getuid?.() !== 0 || spawnSync("apt-get", ["--version"], { stdio: "ignore" }).status !== 0) return false;
  progress(`Installing ${name} with apt...`);
  const apt = (...args: string[]) =>
    spawnSync("apt-get", args, {
      stdio: "ignore",
      timeout: 300_000,
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" },
    }).status === 0;
  const install = () => apt("install", "-y", "--no-install-recommends", name);
  return install() || (apt("update") && install());
}

/** Debian's Chromium; null leaves the choice to Playwright's own. */
export function systemChromium(progress: (line: string) => void): string | null {
  if (existsSync(CHROMIUM)) return CHROMIUM;
  return aptInstall("chromium", progress) && existsSync(CHROMIUM) ? CHROMIUM : null;
}

export function hasSystemPostgres(major: number, progress: (line: string) => void): boolean {
  if (systemBinaries(major)) return true;
  // We want the programs, not the server that the package would make and start for itself.
  if (process.getuid?.() === 0 && !existsSync("/etc/postgresql-common")) {
    mkdirSync("/etc/postgresql-common", { recursive: true });
    writeFileSync("/etc/postgresql-common/createcluster.conf", "create_main_cluster = false\n");
  }
  return aptInstall(`postgresql-${major}`, progress) && systemBinaries(major) !== null;
}
