import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { seededRandom } from "#lib/testing/random.ts";
import {
  appendLeaves,
  consistencyProof,
  EMPTY_ROOT,
  eventLeafHash,
  inclusionProof,
  leafHash,
  nodeHash,
  nodesWithout,
  rootAt,
  verifyConsistency,
  verifyInclusion,
} from "./merkle.ts";
import type { Hash, NodeId, NodeReader, TreeNode } from "./types.ts";

const MAX_SIZE = 300;
const hex = (hash: Hash) => Buffer.from(hash).toString("hex");
const bytes = (text: string) => Buffer.from(text, "hex");

/** A store that counts its reads, so that O(log n) is asserted and not hoped for. */
class Store implements NodeReader {
  readonly hashes = new Map<string, Hash>();
  reads = 0;
  calls = 0;
  put(nodes: readonly TreeNode[]) {
    for (const { level, index, hash } of nodes) this.hashes.set(`${level}/${index}`, hash);
  }
  async readNodes(ids: readonly NodeId[]) {
    this.calls += 1;
    this.reads += ids.length;
    return ids.map(({ level, index }) => {
      const hash = this.hashes.get(`${level}/${index}`);
      if (!hash) throw new Error(`no node ${level}/${index}`);
      return hash;
    });
  }
}

async function storeOf(leaves: readonly Hash[], batch: number): Promise<Store> {
  const store = new Store();
  for (let size = 0; size < leaves.length; size += batch) {
    const appended = await appendLeaves(store, size, leaves.slice(size, size + batch));
    store.put(appended.nodes);
    expect(hex(appended.root)).toBe(hex(await rootAt(store, appended.size)));
  }
  return store;
}

/** The definition of RFC 9162, 2.1.1, written as it stands there. */
function definedRoot(leaves: readonly Hash[]): Hash {
  const [only] = leaves;
  if (only === undefined) return createHash("sha256").digest();
  if (leaves.length === 1) return only;
  const k = 2 ** Math.ceil(Math.log2(leaves.length) - 1);
  return nodeHash(definedRoot(leaves.slice(0, k)), definedRoot(leaves.slice(k)));
}

const at = <T>(list: readonly T[], index: number): T => {
  const found = list[index];
  if (found === undefined) throw new Error(`nothing at ${index}`);
  return found;
};

describe("the published Certificate Transparency vectors", () => {
  const leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"].map((data) =>
    leafHash(bytes(data)),
  );
  const roots = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
  ];
  const n01 = "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125";
  const n23 = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e";
  const n45 = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a";
  const n67 = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0";
  const n03 = "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7";
  const n47 = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4";
  const leaf1 = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7";
  const leaf4 = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b";

  it("roots of sizes 0 to 8", async () => {
    const store = await storeOf(leaves, 3);
    expect(hex(await rootAt(store, 0))).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (const [index, root] of roots.entries()) expect(hex(await rootAt(store, index + 1))).toBe(root);
  });

  it.each<[number, number, string[]]>([
    [0, 1, []],
    [0, 8, [leaf1, n23, n47]],
    [5, 8, [leaf4, n67, n03]],
    [2, 3, [n01]],
    [1, 5, [at(roots, 0), n23, leaf4]],
  ])("inclusion of leaf %i in %i", async (index, size, published) => {
    const proof = await inclusionProof(await storeOf(leaves, 8), index, size);
    expect(proof.map(hex)).toEqual(published);
    expect(verifyInclusion({ leaf: at(leaves, index), index, size, proof: published.map(bytes), root: bytes(at(roots, size - 1)) })).toBe(
      true,
    );
  });

  it.each<[number, number, string[]]>([
    [1, 1, []],
    [1, 8, [leaf1, n23, n47]],
    [6, 8, [n45, n67, n03]],
    [2, 5, [n23, leaf4]],
  ])("consistency of %i with %i", async (first, second, published) => {
    const proof = await consistencyProof(await storeOf(leaves, 8), first, second);
    expect(proof.map(hex)).toEqual(published);
    const [firstRoot, secondRoot] = [bytes(at(roots, first - 1)), bytes(at(roots, second - 1))];
    expect(verifyConsistency({ first, second, proof: published.map(bytes), firstRoot, secondRoot })).toBe(true);
  });
});

describe(`every tree of 0 to ${MAX_SIZE} leaves`, () => {
  const leaves = Array.from({ length: MAX_SIZE }, (_, index) => leafHash(`leaf ${index}`));
  const roots = Array.from({ length: MAX_SIZE + 1 }, (_, size) => definedRoot(leaves.slice(0, size)));

  it("has the root of the definition, appended one by one or in batches of any size", async () => {
    for (const batch of [1, 2, 7, 64, MAX_SIZE]) {
      const store = await storeOf(leaves, batch);
      for (let size = 0; size <= MAX_SIZE; size += 1) expect(hex(await rootAt(store, size))).toBe(hex(at(roots, size)));
    }
  });

  it("proves each of its leaves, in one read of O(log n) nodes, and no other leaf, place or size", { timeout: 60_000 }, async () => {
    const store = await storeOf(leaves, 50);
    for (let size = 1; size <= MAX_SIZE; size += 1) {
      for (let index = 0; index < size; index += 1) {
        store.reads = 0;
        store.calls = 0;
        const proof = await inclusionProof(store, index, size);
        const claim = { leaf: at(leaves, index), index, size, proof, root: at(roots, size) };
        if (!verifyInclusion(claim)) expect.fail(`leaf ${index} of ${size}`);
        if (store.reads > 2 * Math.ceil(Math.log2(size) + 1) || store.calls > 1)
          expect.fail(`${store.reads} reads for ${index} of ${size}`);
        const other = (index + 1) % MAX_SIZE;
        if (verifyInclusion({ ...claim, leaf: at(leaves, other) })) expect.fail(`another leaf at ${index} of ${size}`);
        if (verifyInclusion({ ...claim, index: index + 1 })) expect.fail(`leaf ${index} at the next place of ${size}`);
        if (verifyInclusion({ ...claim, root: at(roots, size - 1) })) expect.fail(`leaf ${index} under the root before ${size}`);
        if (verifyInclusion({ ...claim, proof: [...proof, leafHash("")] })) expect.fail(`a longer proof of ${index} in ${size}`);
        if (proof.length > 0 && verifyInclusion({ ...claim, proof: proof.slice(1) })) expect.fail(`a shorter proof of ${index} in ${size}`);
      }
    }
  });

  it("proves to be the continuation of every smaller tree, and of no other", { timeout: 60_000 }, async () => {
    const store = await storeOf(leaves, 50);
    for (let second = 0; second <= MAX_SIZE; second += 1) {
      for (let first = 0; first <= second; first += 1) {
        const proof = await consistencyProof(store, first, second);
        const claim = { first, second, proof, firstRoot: at(roots, first), secondRoot: at(roots, second) };
        if (!verifyConsistency(claim)) expect.fail(`${first} to ${second}`);
        const forgedRoot = leafHash(`rewritten ${first}`);
        if (verifyConsistency({ ...claim, firstRoot: forgedRoot })) expect.fail(`a rewritten ${first} under ${second}`);
        // Nothing is the beginning of everything: only from the first leaf on is the later tree bound.
        if (first > 0 && verifyConsistency({ ...claim, secondRoot: forgedRoot })) expect.fail(`${first} under a rewritten ${second}`);
        if (verifyConsistency({ ...claim, proof: [...proof, forgedRoot] })) expect.fail(`a longer proof of ${first} to ${second}`);
        if (proof.length > 0 && verifyConsistency({ ...claim, proof: proof.slice(0, -1) }))
          expect.fail(`a shorter proof of ${first} to ${second}`);
      }
    }
  });

  it("is rebuilt from any subset of its leaves and the nodes without them", async () => {
    const store = await storeOf(leaves, 50);
    const { next: random } = seededRandom(20_261_123);
    for (let size = 1; size <= MAX_SIZE; size += 1) {
      const share = random();
      const indexes = Array.from({ length: size }, (_, index) => index).filter(() => random() < share);
      const ids = [...nodesWithout(indexes, size)];
      const hashes = await store.readNodes(ids);
      const parts = [
        ...ids.map((id, position) => ({ from: id.index * 2 ** id.level, ...id, hash: at(hashes, position) })),
        ...indexes.map((index) => ({ from: index, level: 0, index, hash: at(leaves, index) })),
      ].sort((a, b) => a.from - b.from);
      const stack: TreeNode[] = [];
      for (const part of parts) {
        let node: TreeNode = part;
        while (node.index % 2 === 1 && stack.at(-1)?.level === node.level) {
          node = { level: node.level + 1, index: (node.index - 1) / 2, hash: nodeHash(at(stack, stack.length - 1).hash, node.hash) };
          stack.pop();
        }
        stack.push(node);
      }
      expect(hex(stack.map(({ hash }) => hash).reduceRight((right, left) => nodeHash(left, right)))).toBe(hex(at(roots, size)));
      expect(ids.length).toBeLessThanOrEqual((indexes.length + 1) * 2 * Math.ceil(Math.log2(size) + 1));
    }
  });
});

describe("1,000 forged proofs", () => {
  it("are all refused", async () => {
    const leaves = Array.from({ length: MAX_SIZE }, (_, index) => leafHash(`leaf ${index}`));
    const store = await storeOf(leaves, MAX_SIZE);
    const seed = Date.now();
    console.info(`forged proofs: seed ${seed}`);
    const { below: upTo } = seededRandom(seed);
    let accepted = 0;
    for (let round = 0; round < 1000; round += 1) {
      const size = 2 + upTo(MAX_SIZE - 1);
      const index = upTo(size);
      const first = 1 + upTo(size - 1);
      const [proof, root] = [await inclusionProof(store, index, size), await rootAt(store, size)];
      const flip = (hashes: readonly Hash[]): Hash[] => {
        const chosen = upTo(hashes.length);
        return hashes.map((hash, position) => {
          if (position !== chosen) return hash;
          const copy = Buffer.from(hash);
          const byte = upTo(32);
          copy[byte] = (copy[byte] ?? 0) ^ (1 << upTo(8));
          return copy;
        });
      };
      if (verifyInclusion({ leaf: at(leaves, index), index, size, proof: flip(proof), root })) accepted += 1;
      const consistency = await consistencyProof(store, first, size);
      const firstRoot = await rootAt(store, first);
      if (verifyConsistency({ first, second: size, proof: flip(consistency), firstRoot, secondRoot: root })) accepted += 1;
      if (verifyConsistency({ first: first + 1, second: size, proof: consistency, firstRoot, secondRoot: root })) accepted += 1;
    }
    expect(accepted).toBe(0);
  });

  it.each([
    { index: -1, size: 4 },
    { index: 4, size: 4 },
    { index: 0, size: 0 },
    { index: 0.5, size: 4 },
    { index: 0, size: 2 ** 60 },
  ])("and so is nonsense: $index of $size", ({ index, size }) => {
    expect(verifyInclusion({ leaf: EMPTY_ROOT, index, size, proof: [], root: EMPTY_ROOT })).toBe(false);
  });
});

describe("sizes beyond 32 bits", () => {
  it("walk the right path", async () => {
    const size = 2 ** 40 + 3;
    const same = (level: number): Hash => (level === 0 ? leafHash("x") : nodeHash(same(level - 1), same(level - 1)));
    const byLevel = Array.from({ length: 5 }, (_, level) => same(level));
    // Every subtree deeper than the table is opaque: only the shape is under test.
    const reader: NodeReader = { readNodes: async (ids) => ids.map(({ level, index }) => byLevel[level] ?? leafHash(`${level}/${index}`)) };
    const index = 2 ** 40 + 1;
    const proof = await inclusionProof(reader, index, size);
    const root = await rootAt(reader, size);
    expect(verifyInclusion({ leaf: leafHash("x"), index, size, proof, root })).toBe(true);
    expect(verifyInclusion({ leaf: leafHash("x"), index: index - 2 ** 32, size, proof, root })).toBe(false);
    const older = 2 ** 40 + 2;
    const consistency = await consistencyProof(reader, older, size);
    expect(
      verifyConsistency({ first: older, second: size, proof: consistency, firstRoot: await rootAt(reader, older), secondRoot: root }),
    ).toBe(true);
  });
});

it("a leaf commits to the id, the time and the stored text of its event, and to nothing else", () => {
  const event = { eventId: "42", recordedAt: "2026-11-23T01:02:03.456Z", body: '{"a":"\u20ac"}' };
  const text = '{"body":"{\\"a\\":\\"\u20ac\\"}","event_id":"42","recorded_at":"2026-11-23T01:02:03.456Z"}';
  expect(hex(eventLeafHash(event))).toBe(createHash("sha256").update(Buffer.of(0)).update(text).digest("hex"));
  expect(hex(eventLeafHash({ ...event, eventId: "43" }))).not.toBe(hex(eventLeafHash(event)));
});
