import { setTimeout as wait } from "node:timers/promises";
import type pg from "pg";
import { openCheckpoint } from "#lib/audit/checkpoint.ts";
import { nodeReader, RECORDED_AT } from "#lib/audit/log.sql.ts";
import { appendLeaves, consistencyProof, eventLeafHash, inclusionProof, verifyConsistency, verifyInclusion } from "#lib/audit/merkle.ts";
import { checkpointNow } from "#lib/audit/sealer.ts";
import { instanceOrigin, instanceSigner } from "#lib/audit/signing-key.ts";
import type { Checkpoint, Hash, LoggedEvent, NodeReader } from "#lib/audit/types.ts";
import { systemActor } from "#lib/authz/actor.ts";
import { reader } from "#lib/db/transact.ts";

const PROVEN = 50;
const BATCH = 5_000;

/**
 * The audit log from nothing but its events: their tree is built anew in memory, and every stored checkpoint, consistency between them and a
 * sample of inclusion proofs has to agree with it (P3).
 */
export async function checkLog(admin: pg.Client): Promise<{ figures: Record<string, number>; broken: string[] }> {
  await checkpointNow({ actor: systemActor("torture"), now: new Date(), requestId: "torture" });
  await allSealed(admin);
  const leaves = await leavesOf(admin);
  const checkpoints = await checkpointsOf(admin);
  const broken = [
    ...(leaves.some(({ index, body }, at) => index !== String(at) || body === null) ? ["leaves have gaps or lack their event"] : []),
    ...(await rootsDiffer(leaves, checkpoints)),
    ...(await historiesDiffer(checkpoints)),
    ...(await cannotBeProven(leaves, checkpoints.at(-1))),
  ];
  return { figures: { "events sealed": leaves.length, checkpoints: checkpoints.length }, broken };
}

type Leaf = LoggedEvent & { index: string };

const leavesOf = async (admin: pg.Client): Promise<Leaf[]> =>
  (
    await admin.query<Leaf>(
      `SELECT l.leaf_index::text AS index, e.id::text AS "eventId", ${RECORDED_AT} AS "recordedAt", e.body
       FROM audit_leaves l LEFT JOIN audit_events e ON e.id = l.event_id ORDER BY l.leaf_index`,
    )
  ).rows;

/** Opened by the instance's key: a signature that does not fit throws. */
async function checkpointsOf(admin: pg.Client): Promise<Checkpoint[]> {
  const { rows } = await admin.query<{ note: string }>("SELECT note FROM checkpoints ORDER BY tree_size");
  const [origin, signer] = [await instanceOrigin(reader), await instanceSigner(reader)];
  return rows.map(({ note }) => openCheckpoint(note, origin, [signer]));
}

async function rootsDiffer(leaves: readonly Leaf[], checkpoints: readonly Checkpoint[]): Promise<string[]> {
  const nodes = new Map<string, Hash>();
  const memory: NodeReader = {
    readNodes: async (ids) => ids.map(({ level, index }) => nodes.get(`${level}/${index}`) ?? new Uint8Array()),
  };
  const broken: string[] = [];
  let size = 0;
  for (const checkpoint of checkpoints) {
    let root: Hash | undefined;
    while (size < checkpoint.size) {
      const added = await appendLeaves(memory, size, leaves.slice(size, Math.min(checkpoint.size, size + BATCH)).map(eventLeafHash));
      for (const { level, index, hash } of added.nodes) nodes.set(`${level}/${index}`, hash);
      ({ size, root } = added);
    }
    if (!root || !isSame(root, checkpoint.root)) broken.push(`checkpoint ${checkpoint.size} does not fit the events`);
  }
  return checkpoints.length === 0 ? ["there is no checkpoint"] : broken;
}

async function historiesDiffer(checkpoints: readonly Checkpoint[]): Promise<string[]> {
  const broken: string[] = [];
  for (const [at, second] of checkpoints.entries()) {
    const first = checkpoints[at - 1];
    if (!first) continue;
    const proof = await consistencyProof(nodeReader(reader), first.size, second.size);
    const claim = { first: first.size, firstRoot: first.root, second: second.size, secondRoot: second.root, proof };
    if (!verifyConsistency(claim)) broken.push(`checkpoints ${first.size} and ${second.size} are not of one history`);
  }
  return broken;
}

async function cannotBeProven(leaves: readonly Leaf[], last: Checkpoint | undefined): Promise<string[]> {
  if (!last) return [];
  const broken: string[] = [];
  for (let at = 0; at < last.size; at += Math.ceil(last.size / PROVEN)) {
    const leaf = leaves[at];
    if (!leaf) continue;
    const proof = await inclusionProof(nodeReader(reader), at, last.size);
    const claim = { leaf: eventLeafHash(leaf), index: at, size: last.size, proof, root: last.root };
    if (!verifyInclusion(claim)) broken.push(`event ${leaf.eventId} cannot be proven`);
  }
  return broken;
}

const isSame = (a: Hash, b: Hash): boolean => Buffer.compare(Buffer.from(a), Buffer.from(b)) === 0;

async function allSealed(admin: pg.Client): Promise<void> {
  for (let waited = 0; waited < 600; waited += 1) {
    const { rows } = await admin.query(
      "SELECT FROM audit_events e WHERE NOT EXISTS (SELECT FROM audit_leaves l WHERE l.event_id = e.id) LIMIT 1",
    );
    if (rows.length === 0) return;
    await wait(100);
  }
  throw new Error("The log is not sealed to its end.");
}
