import { createPrivateKey } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { encryptionKey, secret, signingKey } from "./secrets.ts";

let folder = "";
beforeEach(() => {
  folder = path.join(mkdtempSync(path.join(tmpdir(), "countersign-secrets-")), "secrets");
});
afterEach(() => rmSync(path.dirname(folder), { recursive: true, force: true }));

it("keeps a secret from everybody but its owner, and gives the same one ever after", async () => {
  const first = await secret(folder, "one");
  expect(await secret(folder, "one")).toBe(first);
  expect(await secret(folder, "other")).not.toBe(first);
  expect(statSync(path.join(folder, "one")).mode & 0o777).toBe(0o600);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

it("gives one secret to all who ask for it at once, and leaves no drafts behind", async () => {
  const all = await Promise.all(Array.from({ length: 20 }, () => secret(folder, "raced")));
  expect(new Set(all).size).toBe(1);
  expect(readdirSync(folder)).toEqual(["raced"]);
});

it("makes keys of the kinds that the product expects", () => {
  expect(createPrivateKey(signingKey()).asymmetricKeyType).toBe("ed25519");
  expect(Buffer.from(encryptionKey(), "base64")).toHaveLength(32);
});
