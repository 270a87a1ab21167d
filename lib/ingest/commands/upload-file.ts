import "server-only";
import { createHash, randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { access, mkdir, open, rename, rm } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { recordAudit } from "#lib/audit/record.ts";
import { userIdOf } from "#lib/authz/actor.ts";
import type { Ctx } from "#lib/authz/ctx.ts";
import { authorize } from "#lib/authz/permissions.ts";
import { openFile } from "#lib/connectors/files/bytes.ts";
import { LIMITS } from "#lib/connectors/files/limits.ts";
import { placeOfUpload, takesUploads } from "#lib/connectors/registry.ts";
import { transactPg } from "#lib/db/transact.ts";
import { DomainError, invalid, precondition } from "#lib/errors/domain-error.ts";
import { type UploadFileInput, uploadFileInput } from "../schema.ts";
import { filesFolder, type StoredProvenance, storedPath } from "../source-files.sql.ts";
import { lockSource, subjectOf } from "../source-row.sql.ts";

export type UploadedFileView = { fileId: string; sha256: string; bytes: number };

/**
 * Keeps an uploaded file under its digest and makes it the source's current one of the mapped file that it is. The bytes are on disk before the upload is
 * acknowledged; a file that is there already is not written again. `maxBytes` caps what is taken in.
 */
export async function uploadFile(
  ctx: Ctx,
  given: UploadFileInput,
  bytes: Readable,
  maxBytes: number = LIMITS.bytes,
): Promise<UploadedFileView> {
  authorize(ctx.actor, "source.manage");
  const input = uploadFileInput.parse(given);
  const stored = await store(bytes, maxBytes, input.sha256);
  const beginning = await beginningOf(input.name, stored.sha256);
  return transactPg(ctx, async (tx, inner) => {
    const source = await lockSource(tx, input.sourceId);
    if (!takesUploads(source.kind, source.config)) throw precondition("This source is read where it is: nothing is uploaded for it.");
    if (source.state === "retired") throw precondition("A retired source takes no uploads.");
    const place = input.mappedAs ?? placeOfUpload(source.kind, input.name, beginning);
    const told: StoredProvenance = {
      uploader: ctx.actor.label,
      ...(input.exportedAt ? { exportedAt: input.exportedAt } : {}),
      ...(input.declared ? { declared: input.declared } : {}),
      ...(input.attestation ? { attestation: input.attestation } : {}),
      ...(input.mappedAs || place !== input.name ? { mappedAs: place } : {}),
    };
    await tx.rows(
      `UPDATE source_files SET is_current = false
       WHERE source_id = $1::uuid AND is_current AND coalesce(provenance ->> 'mappedAs', name) = $2::text AND (name = $3::text OR NOT $4::boolean)`,
      [input.sourceId, place, input.name, input.isPiece],
    );
    const [file] = await tx.rows<{ id: string }>(
      `INSERT INTO source_files (source_id, name, sha256, size, provenance, uploaded_by, uploaded_at)
       VALUES ($1::uuid, $2::text, $3::text, $4::bigint, $5::jsonb, $6::uuid, $7::timestamptz) RETURNING id`,
      [input.sourceId, input.name, stored.sha256, stored.bytes, JSON.stringify(told), userIdOf(ctx.actor), ctx.now.toISOString()],
    );
    const fileId = file?.id ?? "";
    await recordAudit(tx, inner, {
      type: "source.file_uploaded",
      subject: subjectOf(source),
      data: { fileId, sha256: stored.sha256, bytes: String(stored.bytes), attested: input.attestation !== undefined },
      personal: { file: input.name },
    });
    return { fileId, ...stored };
  });
}

/** Decompressed; empty where it is no text, which whoever reads it will say better. */
async function beginningOf(name: string, sha256: string): Promise<string> {
  const opened = await openFile({ name, path: storedPath(sha256) }).catch(() => null);
  return opened?.head.toString("utf8") ?? "";
}

async function store(bytes: Readable, maxBytes: number, expected: string | undefined): Promise<{ sha256: string; bytes: number }> {
  await mkdir(filesFolder(), { recursive: true, mode: 0o700 });
  const draft = path.join(filesFolder(), `.upload-${randomUUID()}`);
  const hash = createHash("sha256");
  let size = 0;
  const measure = new Transform({
    highWaterMark: 1 << 20,
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      if (size > maxBytes) {
        done(new DomainError("TOO_LARGE", `The file is larger than ${maxBytes} bytes. Split it into several files.`));
        return;
      }
      hash.update(chunk);
      done(null, chunk);
    },
  });
  try {
    await pipeline(bytes, measure, createWriteStream(draft, { mode: 0o600, highWaterMark: 1 << 20 }));
    if (size === 0) throw invalid("The file is empty.");
    const sha256 = hash.digest("hex");
    if (expected !== undefined && expected !== sha256)
      throw invalid("The upload arrived damaged: its SHA-256 is not the one announced. Send it again.");
    if (!(await exists(storedPath(sha256)))) {
      await sync(draft);
      await rename(draft, storedPath(sha256));
      await sync(filesFolder());
    }
    return { sha256, bytes: size };
  } finally {
    await rm(draft, { force: true });
  }
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

async function sync(file: string): Promise<void> {
  const handle = await open(file, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
