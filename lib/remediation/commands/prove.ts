import "server-only";
import { createHash } from "node:crypto";
import { recordAudit } from "#lib/audit/record.ts";
import { userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { transactPg } from "#lib/db/transact.ts";
import { DomainError, forbidden, invalid, precondition } from "#lib/errors/domain-error.ts";
import { loadTask, noteTask, taskSubject } from "../remediation.sql.ts";
import { type AddProofInput, addProofInput, MAX_PROOF_BYTES } from "../schema.ts";

/** By the end of the name: what is opened on the way to an auditor is one of these, and always a download. */
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  pdf: "application/pdf",
  txt: "text/plain",
  log: "text/plain",
  csv: "text/csv",
  json: "application/json",
};
const MAX_PROOFS = 10;

/** Keeps a file that shows that a removal by hand was done. The same bytes a second time are the same proof. */
export async function addProof(
  ctx: Ctx,
  input: AddProofInput,
  body: AsyncIterable<Uint8Array>,
): Promise<{ proofId: string; sha256: string; size: number }> {
  authorize(ctx.actor, "remediation.claim");
  const { remediationId, name } = addProofInput.parse(input);
  const mediaType = MEDIA_TYPES[name.toLowerCase().split(".").at(-1) ?? ""];
  if (!mediaType)
    throw invalid(`This kind of file is not taken. Take one of: ${Object.keys(MEDIA_TYPES).join(", ")}.`, { name: "Choose another kind." });
  const userId = userIdOf(ctx.actor);
  if (userId === null) throw forbidden("remediation.claim");
  const bytes = await readAll(body);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return transactPg(ctx, async (tx) => {
    const task = await loadTask(tx, remediationId, { lock: true });
    const [known] = await tx.rows<{ id: string | null; count: number }>(
      `SELECT (array_agg(id) FILTER (WHERE sha256 = $2::text))[1] AS id, count(*)::int AS count FROM remediation_proofs WHERE remediation_id = $1::uuid`,
      [remediationId, sha256],
    );
    if (known?.id) return { proofId: known.id, sha256, size: bytes.length };
    if ((known?.count ?? 0) >= MAX_PROOFS) throw precondition(`At most ${MAX_PROOFS} files are kept for one removal.`);
    const [row] = await tx.rows<{ id: string }>(
      `INSERT INTO remediation_proofs (remediation_id, name, media_type, bytes, size, sha256, uploaded_by, uploaded_at)
       VALUES ($1::uuid, $2::text, $3::text, $4::bytea, $5::int, $6::text, $7::uuid, $8::timestamptz) RETURNING id`,
      [remediationId, name, mediaType, bytes, bytes.length, sha256, userId, ctx.now],
    );
    if (!row) throw new Error("The proof was not written.");
    await noteTask(tx, ctx, task, "proof_added", { proofId: row.id, name, sha256, size: bytes.length });
    const data = { campaignId: task.campaignId, proofId: row.id, sha256, bytes: bytes.length };
    await recordAudit(tx, ctx, { type: "remediation.proof_added", subject: taskSubject(task), data, personal: { name } });
    return { proofId: row.id, sha256, size: bytes.length };
  });
}

/** Reads no further than the cap, whatever was said of the length. */
async function readAll(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > MAX_PROOF_BYTES) throw new DomainError("TOO_LARGE", "A proof is at most 5 MiB. Take a smaller picture, or an extract.");
    chunks.push(chunk);
  }
  if (size === 0) throw invalid("The file is empty.", { name: "Choose another file." });
  return Buffer.concat(chunks);
}
