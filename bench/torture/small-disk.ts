import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import path from "node:path";

const MIB = 2 ** 20;

/** A disk of its own that can be filled and enlarged: a tmpfs, which only root may mount. */
export type SmallDisk = {
  folder: string;
  fill: (leaveMiB: number) => void;
  empty: () => void;
  resize: (size: string) => void;
  unmount: () => void;
};

/** Null where this machine does not let us. */
export function mountSmallDisk(folder: string, size: string): SmallDisk | null {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (mount("-t", "tmpfs", "-o", `size=${size},mode=0700`, "tmpfs", folder) !== 0) return null;
  const ballast = path.join(folder, "ballast");
  return {
    folder,
    fill: (leaveMiB) => {
      const { bavail, bsize } = statfsSync(folder);
      const file = openSync(ballast, "w");
      const block = Buffer.alloc(MIB);
      for (let left = Math.floor((bavail * bsize) / MIB) - leaveMiB; left > 0; left -= 1) writeSync(file, block);
      closeSync(file);
    },
    empty: () => rmSync(ballast, { force: true }),
    resize: (larger) => void mount("-o", `remount,size=${larger}`, folder),
    unmount: () => void spawnSync("umount", ["-l", folder], { stdio: "ignore" }),
  };
}

const mount = (...args: string[]): number | null => spawnSync("mount", args, { stdio: "ignore" }).status;
