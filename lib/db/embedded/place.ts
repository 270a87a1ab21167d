import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chownSync, cpSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Binaries } from "./binaries.ts";

/** Where a cluster's files lie and as whom its programs run: PostgreSQL refuses to run as root. */
export type Place = {
  readonly folder: string;
  readonly binaries: Binaries;
  readonly command: (program: string, args: readonly string[]) => [string, string[]];
  readonly owner: { uid: number; gid: number } | null;
};

type Account = { uid: number; gid: number };
/** What the machine allows. */
export type Means = {
  isRoot: boolean;
  hasNamespaces: (account: Account) => boolean;
  ownAccount: () => Account | null;
  fallbackRoot: string;
};

const SYSTEM: Means = { isRoot: process.getuid?.() === 0, hasNamespaces, ownAccount, fallbackRoot: "/var/lib/countersign" };

/**
 * Not root: as is. Root: in a user namespace in which we are nobody, so that the files stay root's, wherever the clone lies.
 * Where namespaces are refused: as a user of its own, with the data (and the programs, when it cannot reach them) outside the clone.
 */
export function placeFor(folder: string, binaries: Binaries, means: Means = SYSTEM): Place {
  const plain = (program: string, args: readonly string[]): [string, string[]] => [path.join(binaries.bin, program), [...args]];
  if (!means.isRoot) return { folder, binaries, command: plain, owner: null };

  const nobody = account("nobody") ?? { uid: 65534, gid: 65534 };
  if (means.hasNamespaces(nobody)) {
    const inNamespace = ["-U", `--map-user=${nobody.uid}`, `--map-group=${nobody.gid}`, "--"];
    const command = (program: string, args: readonly string[]): [string, string[]] => [
      "unshare",
      [...inNamespace, ...plain(program, args).flat()],
    ];
    return { folder, binaries, command, owner: null };
  }

  const owner = means.ownAccount() ?? nobody;
  const elsewhere = path.join(means.fallbackRoot, createHash("sha256").update(folder).digest("hex").slice(0, 12));
  mkdirSync(elsewhere, { recursive: true, mode: 0o755 });
  chownSync(elsewhere, owner.uid, owner.gid);
  const reachable = reachableBinaries(binaries, path.join(means.fallbackRoot, `postgresql-${binaries.major}`), owner);
  const command = (program: string, args: readonly string[]): [string, string[]] => [path.join(reachable.bin, program), [...args]];
  return { folder: path.join(elsewhere, path.basename(folder)), binaries: reachable, command, owner };
}

function hasNamespaces({ uid, gid }: Account): boolean {
  return spawnSync("unshare", ["-U", `--map-user=${uid}`, `--map-group=${gid}`, "--", "true"], { stdio: "ignore" }).status === 0;
}

function account(name: string): Account | null {
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(":") ?? [];
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : null;
}

function ownAccount(): Account | null {
  if (!account("countersign")) {
    spawnSync("useradd", ["--system", "--no-create-home", "--shell", "/usr/sbin/nologin", "countersign"], { stdio: "ignore" });
  }
  return account("countersign");
}

/** The clone may lie where no other user may enter (root's home); then the programs are copied once. */
function reachableBinaries(binaries: Binaries, copy: string, { uid, gid }: Account): Binaries {
  const runs = (bin: string) => spawnSync(path.join(bin, "postgres"), ["--version"], { uid, gid, cwd: "/", stdio: "ignore" }).status === 0;
  if (runs(binaries.bin)) return binaries;
  const copied = { home: copy, bin: path.join(copy, "bin"), major: binaries.major };
  if (!existsSync(copied.bin) || !runs(copied.bin)) cpSync(binaries.home, copy, { recursive: true, verbatimSymlinks: true });
  return copied;
}
