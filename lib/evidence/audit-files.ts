import { createWriteStream } from "node:fs";
import { mkdir, open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { canonicalize } from "#lib/audit/canonical.ts";
import { nodesCovering } from "#lib/audit/merkle.ts";
import type { JsonValue, NodeId, NodeReader, TreeNode } from "#lib/audit/types.ts";
import type { EventLine } from "./types.ts";

const NODES_A_READ = 2_000;

/** One line of audit/events.jsonl, without its end. */
export const eventText = ({ leafIndex, eventId, recordedAt, body, reveals }: EventLine): string =>
  canonicalize({
    body,
    event_id: eventId,
    leaf_index: leafIndex,
    recorded_at: recordedAt,
    ...(reveals.length === 0 ? {} : { reveal: reveals.map(({ path, salt, value }) => ({ path, salt, value })) }),
  });

export const nodeText = ({ level, index, hash }: TreeNode): string =>
  canonicalize({ hash: Buffer.from(hash).toString("hex"), index, level });

/**
 * Writes the audit folder of a pack: the events (ascending leaf index, all below `size`), the compact proof that each is in the log of that
 * size, and the checkpoint. One pass over the events; memory does not grow with them.
 */
export async function writeAuditFiles(input: {
  directory: string;
  events: AsyncIterable<EventLine>;
  reader: NodeReader;
  size: number;
  checkpointNote: string;
}): Promise<{ events: number }> {
  const folder = join(input.directory, "audit");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "checkpoint.txt"), input.checkpointNote);
  const proofs = await open(join(folder, "proofs.jsonl"), "w");
  let events = 0;
  let next = 0;
  let waiting: NodeId[] = [];
  const flush = async () => {
    const hashes = waiting.length === 0 ? [] : await input.reader.readNodes(waiting);
    if (hashes.length !== waiting.length) throw new Error("The log's store lacks a node.");
    const text = hashes.map((hash, at) => `${nodeText({ ...nodeAt(waiting, at), hash })}\n`).join("");
    waiting = [];
    await proofs.writeFile(text);
  };
  async function* lines() {
    for await (const event of input.events) {
      if (event.leafIndex < next || event.leafIndex >= input.size)
        throw new RangeError(`Leaf ${event.leafIndex} is out of order or beyond ${input.size}.`);
      waiting.push(...nodesCovering(next, event.leafIndex));
      next = event.leafIndex + 1;
      events += 1;
      if (waiting.length >= NODES_A_READ) await flush();
      yield `${eventText(event)}\n`;
    }
    waiting.push(...nodesCovering(next, input.size));
    await flush();
  }
  try {
    await pipeline(Readable.from(lines()), createWriteStream(join(folder, "events.jsonl")));
  } finally {
    await proofs.close();
  }
  return { events };
}

function nodeAt(nodes: readonly NodeId[], at: number): NodeId {
  const node = nodes[at];
  if (!node) throw new RangeError(`No node ${at}.`);
  return node;
}

/** A table as JSON: a list with one record a line, which a program reads whole and the verifier line by line. */
export async function* listText(rows: AsyncIterable<JsonValue> | Iterable<JsonValue>): AsyncGenerator<string> {
  yield "[";
  let separator = "\n";
  for await (const row of rows) {
    yield `${separator}${canonicalize(row)}`;
    separator = ",\n";
  }
  yield "\n]\n";
}
