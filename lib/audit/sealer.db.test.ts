import pg from "pg";
import { expect, it } from "vitest";
import { systemActor } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { reader, transactPg } from "#lib/db/transact.ts";
import { pgTx } from "#lib/db/tx.ts";
import { ownTestDatabase } from "#lib/testing/database.ts";
import { openCheckpoint } from "./checkpoint.ts";
import { nodeReader, RECORDED_AT, sealedSize } from "./log.sql.ts";
import { consistencyProof, eventLeafHash, inclusionProof, rootAt, verifyConsistency, verifyInclusion } from "./merkle.ts";
import { recordAudit } from "./record.ts";
import { checkpointNow, sealPending } from "./sealer.ts";
import { instanceOrigin, instanceSigner } from "./signing-key.ts";
import type { LoggedEvent } from "./types.ts";

const database = ownTestDatabase();
const ctx: Ctx = { actor: systemActor("audit.seal"), now: new Date("2026-11-23T08:00:00Z"), requestId: "test" };
const record = (times: number) =>
  transactPg(ctx, async (tx) => {
    for (let at = 0; at < times; at += 1)
      await recordAudit(tx, ctx, {
        type: "instance.created",
        subject: { kind: "instance", id: `${at}`, label: "ünïcode \u0001" },
        data: { demo: false },
      });
  });

it("seals every event once, and each has an inclusion proof to the signed checkpoint", async () => {
  await record(137);
  const checkpoint = await checkpointNow(ctx);
  const { size, root } = openCheckpoint(checkpoint.note, await instanceOrigin(reader), [await instanceSigner(reader)]);
  expect(size).toBe(137);
  const leaves = await reader.rows<LoggedEvent & { index: string }>(
    `SELECT l.leaf_index::text AS index, e.id::text AS "eventId", ${RECORDED_AT} AS "recordedAt", e.body FROM audit_leaves l JOIN audit_events e ON e.id = l.event_id`,
  );
  for (const event of leaves) {
    const index = Number(event.index);
    const proof = await inclusionProof(nodeReader(reader), index, size);
    expect(verifyInclusion({ leaf: eventLeafHash(event), index, size, proof, root })).toBe(true);
  }
});

it("proves that each later checkpoint continues the earlier one", async () => {
  const first = await sealedSize(reader);
  const firstRoot = await rootAt(nodeReader(reader), first);
  await record(63);
  const second = Number((await checkpointNow(ctx)).treeSize);
  const proof = await consistencyProof(nodeReader(reader), first, second);
  expect(second).toBe(first + 63);
  expect(verifyConsistency({ first, second, proof, firstRoot, secondRoot: await rootAt(nodeReader(reader), second) })).toBe(true);
});

it("seals an event that a long transaction commits after later ones were sealed", async () => {
  const slow = new pg.Client({ connectionString: database.app });
  await slow.connect();
  await slow.query("BEGIN");
  await recordAudit(pgTx(slow), ctx, {
    type: "instance.created",
    subject: { kind: "instance", id: "late", label: "late" },
    data: { demo: false },
  });
  await record(5);
  await sealPending(ctx, { sweep: false });
  const before = await sealedSize(reader);
  await slow.query("COMMIT");
  await slow.end();
  expect(await sealPending(ctx, { sweep: false })).toBe(1);
  expect(await sealedSize(reader)).toBe(before + 1);
});

it("seals each event once when many sealers run at the same moment", async () => {
  await record(300);
  await Promise.all(Array.from({ length: 6 }, () => sealPending(ctx, { sweep: true, wait: true })));
  const [row] = await reader.rows<{ unsealed: string; gaps: string }>(
    `SELECT (SELECT count(*) FROM audit_events e WHERE NOT EXISTS (SELECT FROM audit_leaves l WHERE l.event_id = e.id))::text AS unsealed,
       (SELECT max(leaf_index) + 1 - count(*) FROM audit_leaves)::text AS gaps`,
  );
  expect(row).toEqual({ unsealed: "0", gaps: "0" });
});
