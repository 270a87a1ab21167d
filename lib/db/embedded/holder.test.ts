import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { holderOf, holdFolder } from "./holder.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "countersign-folder-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("lets one launcher at a time serve from a folder", () => {
  const release = holdFolder(folder);
  expect(holderOf(folder)).toBe(process.pid);
  release();
  expect(holderOf(folder)).toBeNull();
});

it("refuses while another live process holds the folder", () => {
  const other = process.ppid; // the runner: alive for as long as this test
  const stat = readFileSync(`/proc/${other}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  writeFileSync(path.join(folder, "running.json"), JSON.stringify({ pid: other, started: stat[19] }));
  expect(() => holdFolder(folder)).toThrow(new RegExp(`already runs on .* \\(process ${other}\\)`));
});

it("does not take a stranger with a dead launcher's number for it", () => {
  writeFileSync(path.join(folder, "running.json"), JSON.stringify({ pid: process.ppid, started: "1" }));
  expect(holderOf(folder)).toBeNull();
  expect(() => holdFolder(folder)()).not.toThrow();
});
