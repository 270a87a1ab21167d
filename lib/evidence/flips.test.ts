import { rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seededRandom } from "#lib/testing/random.ts";
import { entriesOf, rebuild, type ToyPack, toyPack } from "#lib/testing/toy-pack.ts";
import { BLOCK_BYTES } from "./manifest.ts";
import { verifyPack } from "./verifier/verify.js";

const seed = Date.now();
console.info(`damaged packs: seed ${seed}`);
const { below } = seededRandom(seed);

let pack: ToyPack;
let verified = 0;
beforeAll(async () => {
  pack = await toyPack();
});
afterAll(() => rm(pack.folder, { recursive: true }));

const flipped = (position: number, bit: number): Buffer => {
  const changed = Buffer.from(pack.bytes);
  changed[position] = (changed[position] ?? 0) ^ (1 << bit);
  return changed;
};
/** Now and then the honest pack in between: a verifier that refuses everything would pass the rest. */
const stillVerifies = async () => {
  expect((await verifyPack(pack.bytes)).problems).toEqual([]);
  verified += 1;
};

describe("a damaged pack is refused", { timeout: 180_000 }, () => {
  it("for 2,000 random bits, naming the file and its block or the field", async () => {
    const { contents, headers } = entriesOf(pack.bytes);
    const starts = new Map([...contents].map(([name, content]) => [name, content.byteOffset - pack.bytes.byteOffset]));
    const headerBytes = headers.flatMap(([from, to]) => Array.from({ length: to - from }, (_, index) => from + index));
    const wrong: string[] = [];
    for (let round = 0; round < 2000; round += 1) {
      if (round % 200 === 0) await stillVerifies();
      // Headers are a few bytes in a hundred: every fourth flip is aimed at them.
      const position = round % 4 === 0 ? (headerBytes[below(headerBytes.length)] ?? 0) : below(pack.bytes.length);
      const bit = below(8);
      const verdict = await verifyPack(flipped(position, bit));
      const [first] = verdict.problems;
      const hit = [...starts].find(([name, start]) => position >= start && position < start + (contents.get(name)?.length ?? 0));
      const place = `byte ${position} bit ${bit} in ${hit?.[0] ?? "a header"}`;
      if (verdict.verdict !== "refused" || !first) wrong.push(`${place}: accepted`);
      else if (!hit && first.field === null) wrong.push(`${place}: no field named`);
      else if (hit?.[0].startsWith("manifest.") && first.file !== hit[0]) wrong.push(`${place}: ${first.file} named`);
      else if (hit && !hit[0].startsWith("manifest.")) {
        const block = Math.floor((position - hit[1]) / BLOCK_BYTES);
        if (first.file !== hit[0] || first.block !== block) wrong.push(`${place}: ${first.file} block ${first.block} named, not ${block}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it("for 300 random truncations, insertions and runs of zeros", async () => {
    const accepted: string[] = [];
    for (let round = 0; round < 100; round += 1) {
      const position = below(pack.bytes.length);
      const length = 1 + below(5000);
      const zeroed = Buffer.from(pack.bytes).fill(0, position, Math.min(position + length, pack.bytes.length));
      const damaged = {
        truncated: pack.bytes.subarray(0, position),
        inserted: Buffer.concat([pack.bytes.subarray(0, position), Buffer.alloc(length, 120), pack.bytes.subarray(position)]),
        ...(Buffer.compare(zeroed, pack.bytes) === 0 ? {} : { zeroed }),
      };
      for (const [kind, bytes] of Object.entries(damaged))
        if ((await verifyPack(bytes)).verdict !== "refused") accepted.push(`${kind} at ${position}, ${length}`);
    }
    await stillVerifies();
    expect(accepted).toEqual([]);
  });

  it("for files whose contents or names were exchanged, repeated or moved, every checksum put right", async () => {
    const contents = [...entriesOf(pack.bytes).contents];
    const accepted: string[] = [];
    for (const [a, [nameA, contentA]] of contents.entries()) {
      for (const [b, [nameB, contentB]] of contents.entries()) {
        if (a === b) continue;
        const variants: [string, (readonly [string, Buffer])[]][] = [
          ["moved", contents.toSpliced(a, 1).toSpliced(b, 0, [nameA, contentA])],
          ["repeated", contents.toSpliced(b, 0, [nameA, contentA])],
        ];
        if (Buffer.compare(contentA, contentB) !== 0) {
          variants.push(["exchanged", contents.with(a, [nameA, contentB]).with(b, [nameB, contentA])]);
          variants.push(["overwritten", contents.with(b, [nameB, contentA])]);
        }
        for (const [kind, entries] of variants)
          if ((await verifyPack(rebuild(entries))).verdict !== "refused") accepted.push(`${kind}: ${nameA}, ${nameB}`);
      }
    }
    await stillVerifies();
    expect(accepted).toEqual([]);
  });
});

it("honest packs are never refused", { timeout: 60_000 }, async () => {
  for (let round = 0; round < 20; round += 1) {
    const honest = await toyPack({
      name: `campaign ${below(1_000_000)}`,
      key: `key ${round}`,
      change: ({ extra }) => {
        extra["report.html"] = "x".repeat(below(200_000));
      },
    });
    expect((await verifyPack(honest.file, { key: honest.fingerprint })).problems).toEqual([]);
    await rm(honest.folder, { recursive: true });
    verified += 1;
  }
  expect(verified).toBe(32);
});
