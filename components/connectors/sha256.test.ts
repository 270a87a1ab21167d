import { createHash, randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { Sha256 } from "./sha256.ts";

const ofNode = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

it("agrees with Node's digest for every length around the edges of a block", () => {
  for (let length = 0; length <= 200; length += 1) {
    const bytes = randomBytes(length);
    const hash = new Sha256();
    hash.update(bytes);
    expect(hash.digest(), `${length} bytes`).toBe(ofNode(bytes));
  }
});

it("does not mind how the bytes are cut", () => {
  const bytes = randomBytes(100_003);
  for (const size of [1, 7, 63, 64, 65, 4_096, 99_999]) {
    const hash = new Sha256();
    for (let at = 0; at < bytes.length; at += size) hash.update(bytes.subarray(at, at + size));
    expect(hash.digest(), `in pieces of ${size}`).toBe(ofNode(bytes));
  }
});
