import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { violationsOf } from "./layers.ts";

/** Checks every tracked and new source file against the layers of the house; prints each violation with its place and fails. */
const paths = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.ts", "*.tsx"], { encoding: "utf8" })
  .split("\n")
  .filter((path) => path !== "" && existsSync(path));
const violations = violationsOf(paths.map((path) => ({ path, text: readFileSync(path, "utf8") })));
for (const { path, line, message } of violations) console.log(`${path}:${line} ${message}`);
console.log(violations.length === 0 ? `${paths.length} files keep the layers of the house` : `${violations.length} violations`);
process.exitCode = violations.length === 0 ? 0 : 1;
