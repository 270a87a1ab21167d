import { hash } from "node:crypto";
import { canonicalize } from "./canonical.ts";
import type { Hash, LoggedEvent, NodeId, NodeReader, TreeNode } from "./types.ts";

/*
 * The tree of RFC 9162, kept as the hashes of its complete subtrees. A complete subtree never changes once it is full, so the store is
 * append-only, and the root, an inclusion proof or a consistency proof of any past size takes O(log n) reads in one call.
 * Sizes are numbers up to 2^53 - 1: no bitwise operators here, they would cut at 2^32.
 */

const LEAF = Buffer.of(0);
/** One buffer for all inner nodes: a prefix byte and two hashes. One call on it is twice as fast as an incremental hash. */
const pair = Buffer.of(1, ...new Uint8Array(64));
type Range = readonly [from: number, to: number];

export const EMPTY_ROOT: Hash = hash("sha256", "", "buffer");
export const leafHash = (data: Uint8Array | string): Hash => hash("sha256", Buffer.concat([LEAF, Buffer.from(data)]), "buffer");
export function nodeHash(left: Hash, right: Hash): Hash {
  pair.set(left, 1);
  pair.set(right, 33);
  return hash("sha256", pair, "buffer");
}

/** The leaf of one event: its stored text, its id and its time, nothing else. */
export const eventLeafHash = ({ eventId, recordedAt, body }: LoggedEvent): Hash =>
  leafHash(canonicalize({ body, event_id: eventId, recorded_at: recordedAt }));

/** The complete subtrees that make up [from, to), left to right. */
export function nodesCovering(from: number, to: number): NodeId[] {
  const nodes: NodeId[] = [];
  let at = from;
  while (at < to) {
    let level = 0;
    let width = 1;
    while (at % (width * 2) === 0 && at + width * 2 <= to) {
      level += 1;
      width *= 2;
    }
    nodes.push({ level, index: at / width });
    at += width;
  }
  return nodes;
}

export async function rootAt(reader: NodeReader, size: number): Promise<Hash> {
  requireSize(size);
  if (size === 0) return EMPTY_ROOT;
  const [root] = await readRanges(reader, [[0, size]]);
  return present(root);
}

/**
 * Appends leaves after the first `size` ones. Returns every subtree that became complete, the leaves themselves at level 0, to be stored,
 * and the new root. Reads the old tree's O(log n) right edge only.
 */
export async function appendLeaves(
  reader: NodeReader,
  size: number,
  leaves: readonly Hash[],
): Promise<{ nodes: TreeNode[]; size: number; root: Hash }> {
  requireSize(size + leaves.length);
  const edge = nodesCovering(0, size);
  const hashes = await read(reader, edge);
  const stack: TreeNode[] = edge.map((id, at) => ({ ...id, hash: present(hashes[at]) }));
  const nodes: TreeNode[] = [];
  leaves.forEach((hash, offset) => {
    let node: TreeNode = { level: 0, index: size + offset, hash };
    nodes.push(node);
    while (node.index % 2 === 1) {
      const left = present(stack.pop());
      node = { level: node.level + 1, index: left.index / 2, hash: nodeHash(left.hash, node.hash) };
      nodes.push(node);
    }
    stack.push(node);
  });
  return { nodes, size: size + leaves.length, root: stack.length === 0 ? EMPTY_ROOT : foldRight(stack.map(({ hash }) => hash)) };
}

export async function inclusionProof(reader: NodeReader, index: number, size: number): Promise<Hash[]> {
  requireSize(size);
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) throw new RangeError(`No leaf ${index} in a tree of ${size}.`);
  return readRanges(reader, inclusionRanges(index, size));
}

/** Proof that the tree of `first` leaves is the beginning of the tree of `second`. Empty for equal sizes and for an empty first tree. */
export async function consistencyProof(reader: NodeReader, first: number, second: number): Promise<Hash[]> {
  requireSize(first);
  requireSize(second);
  if (first > second) throw new RangeError(`A tree of ${second} cannot be consistent with a larger one of ${first}.`);
  return readRanges(reader, first === 0 ? [] : consistencyRanges(first, second));
}

/** RFC 9162, 2.1.3.2. */
export function verifyInclusion(claim: { leaf: Hash; index: number; size: number; proof: readonly Hash[]; root: Hash }): boolean {
  const { leaf, index, size, proof, root } = claim;
  if (!Number.isSafeInteger(size) || !Number.isSafeInteger(index) || index < 0 || index >= size) return false;
  let at = index;
  let last = size - 1;
  let reached = leaf;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      reached = nodeHash(sibling, reached);
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
    } else {
      reached = nodeHash(reached, sibling);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && equal(reached, root);
}

/** RFC 9162, 2.1.4.2; an empty first tree is the beginning of every tree. */
export function verifyConsistency(claim: {
  first: number;
  second: number;
  proof: readonly Hash[];
  firstRoot: Hash;
  secondRoot: Hash;
}): boolean {
  const { first, second, proof, firstRoot, secondRoot } = claim;
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(second) || first < 0 || first > second) return false;
  if (first === second) return proof.length === 0 && equal(firstRoot, secondRoot);
  if (first === 0) return proof.length === 0 && equal(firstRoot, EMPTY_ROOT);
  if (proof.length === 0) return false;
  const path = isPowerOfTwo(first) ? [firstRoot, ...proof] : proof;
  let at = first - 1;
  let last = second - 1;
  while (at % 2 === 1) [at, last] = [half(at), half(last)];
  let [older, newer] = [present(path[0]), present(path[0])];
  for (const sibling of path.slice(1)) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      older = nodeHash(sibling, older);
      newer = nodeHash(sibling, newer);
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
    } else {
      newer = nodeHash(newer, sibling);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && equal(older, firstRoot) && equal(newer, secondRoot);
}

/**
 * The complete subtrees that hold none of the given leaves (ascending indexes), in order. Together with those leaves they rebuild the
 * root: one compact inclusion proof of all of them, where a path each would repeat the same hashes over and over.
 */
export function* nodesWithout(indexes: Iterable<number>, size: number): Generator<NodeId> {
  let next = 0;
  for (const index of indexes) {
    if (index < next || index >= size) throw new RangeError(`Leaf ${index} is out of order or beyond the tree of ${size}.`);
    yield* nodesCovering(next, index);
    next = index + 1;
  }
  yield* nodesCovering(next, size);
}

function inclusionRanges(index: number, size: number): Range[] {
  const ranges: Range[] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    const middle = from + splitOf(to - from);
    if (index < middle) {
      ranges.push([middle, to]);
      to = middle;
    } else {
      ranges.push([from, middle]);
      from = middle;
    }
  }
  return ranges.reverse();
}

function consistencyRanges(first: number, second: number): Range[] {
  const ranges: Range[] = [];
  let [from, to] = [0, second];
  while (first !== to) {
    const middle = from + splitOf(to - from);
    if (first <= middle) {
      ranges.push([middle, to]);
      to = middle;
    } else {
      ranges.push([from, middle]);
      from = middle;
    }
  }
  // Starting at 0, the old tree is itself the subtree reached: its root is known to the verifier.
  if (from !== 0) ranges.push([from, to]);
  return ranges.reverse();
}

/** The hash of each range, all their nodes read in one call. */
async function readRanges(reader: NodeReader, ranges: readonly Range[]): Promise<Hash[]> {
  const covers = ranges.map(([from, to]) => nodesCovering(from, to));
  const hashes = await read(reader, covers.flat());
  let at = 0;
  return covers.map((cover) => {
    at += cover.length;
    return foldRight(hashes.slice(at - cover.length, at));
  });
}

async function read(reader: NodeReader, ids: readonly NodeId[]): Promise<readonly Hash[]> {
  if (ids.length === 0) return [];
  const hashes = await reader.readNodes(ids);
  if (hashes.length !== ids.length) throw new Error(`The log's store gave ${hashes.length} of ${ids.length} nodes.`);
  return hashes;
}

const foldRight = (hashes: readonly Hash[]): Hash => hashes.reduceRight((right, left) => nodeHash(left, right));

/** The largest power of two below a width of two or more. */
function splitOf(width: number): number {
  let split = 1;
  while (split * 2 < width) split *= 2;
  return split;
}

function isPowerOfTwo(value: number): boolean {
  let power = 1;
  while (power < value) power *= 2;
  return power === value;
}

const half = (value: number): number => Math.floor(value / 2);
const equal = (a: Hash, b: Hash): boolean => Buffer.compare(a, b) === 0;

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("The log's store lacks a node.");
  return value;
}

function requireSize(size: number): void {
  if (!Number.isSafeInteger(size) || size < 0) throw new RangeError(`${size} is no size of a tree.`);
}
