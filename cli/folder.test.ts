import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { demoChoice, openFolder } from "./folder.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "countersign-folder-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("refuses a folder of a newer version, and leaves it as it is", () => {
  openFolder(folder);
  openFolder(folder);
  writeFileSync(path.join(folder, "format.json"), '{"format":2}');
  expect(() => openFolder(folder)).toThrow(/of a newer Countersign \(format 2, this one knows 1\)/);
  expect(readFileSync(path.join(folder, "format.json"), "utf8")).toBe('{"format":2}');
});

it("remembers which instance was asked for last, and begins with the demo", () => {
  expect(demoChoice(folder, undefined)).toBe(true);
  expect(demoChoice(folder, false)).toBe(false);
  expect(demoChoice(folder, undefined)).toBe(false);
  expect(demoChoice(folder, true)).toBe(true);
  expect(demoChoice(folder, undefined)).toBe(true);
});
