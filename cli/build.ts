import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Family } from "./family.ts";
import { ROOT } from "./instance.ts";

export const NEXT = path.join(ROOT, "node_modules/next/dist/bin/next");

const SOURCES = [
  "app",
  "components",
  "lib",
  "public",
  "prisma/schema.prisma",
  "prisma/models",
  "next.config.js",
  "proxy.ts",
  "instrumentation.ts",
  "package-lock.json",
  "tsconfig.json",
];
const IGNORED = /(\.test\.tsx?|[\\/]generated|[\\/]testing)$/;

/** Everything that the built product is made of; the generated client stands for its schema. */
function sourcesDigest(): string {
  const digest = createHash("sha256");
  const add = (file: string) => {
    const full = path.join(ROOT, file);
    if (IGNORED.test(file) || !existsSync(full)) return;
    if (statSync(full).isDirectory()) for (const name of readdirSync(full).sort()) add(path.join(file, name));
    else digest.update(`${file}\0`).update(readFileSync(full)).update("\0");
  };
  for (const source of SOURCES) add(source);
  return digest.digest("hex");
}

/** `next build`, unless what stands there was built from exactly these sources. */
export async function buildIfNeeded(family: Family, progress: (line: string) => void): Promise<void> {
  const output = path.join(ROOT, process.env.NEXT_DIST_DIR || ".next");
  const stamp = path.join(output, "countersign-sources");
  const digest = sourcesDigest();
  const isCurrent = existsSync(path.join(output, "BUILD_ID")) && existsSync(stamp) && readFileSync(stamp, "utf8") === digest;
  if (isCurrent) return;
  progress("Building the web application...");
  const began = Date.now();
  const { code, output: said } = await family.run({
    name: "build",
    args: [NEXT, "build"],
    env: { NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1", NO_COLOR: "1" },
    output: "collect",
  });
  if (code !== 0) throw new Error(`The web application could not be built:\n${said.trimEnd()}`);
  writeFileSync(stamp, digest);
  progress(`Building the web application: done in ${((Date.now() - began) / 1000).toFixed(1)} s`);
}
