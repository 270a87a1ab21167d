import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { z } from "zod";
import { defineRoute } from "#lib/actions/define-route.ts";
import { LIMITS } from "#lib/connectors/files/limits.ts";
import { DomainError, invalid } from "#lib/errors/domain-error.ts";
import { uploadFile } from "#lib/ingest/commands/upload-file.ts";

const fact = z.string().trim().min(1).max(1_000).optional();
const query = z.object({
  name: z.string(),
  mappedAs: z.string().optional(),
  exportedAt: z.string().optional(),
  tool: fact,
  version: fact,
  command: fact,
  identity: fact,
});

/** Takes one file as it is. With its digest in Content-Digest (RFC 9530) a damaged upload is refused; without a length it is not taken at all. */
export const POST = defineRoute(
  {
    name: "source.upload_file",
    method: "POST",
    permission: "source.manage",
    params: z.object({ sourceId: z.uuid() }),
    query,
    maxBytes: LIMITS.bytes,
    transaction: "own",
  },
  async (ctx, { params, query: { name, mappedAs, exportedAt, tool, version, command, identity }, request }) => {
    const length = Number(request.headers.get("content-length") ?? Number.NaN);
    if (!Number.isSafeInteger(length)) throw invalid("Say how long the file is: send it with Content-Length.");
    if (!request.body) throw invalid("The file is empty.");
    const isAttested = tool && version && command && identity;
    const sha256 = digestOf(request.headers.get("content-digest"));
    const input = {
      sourceId: params.sourceId,
      name,
      ...(mappedAs ? { mappedAs } : {}),
      ...(exportedAt ? { exportedAt } : {}),
      ...(sha256 ? { sha256 } : {}),
      ...(isAttested ? { attestation: { tool, version, command, identity } } : {}),
    };
    return uploadFile(ctx, input, Readable.fromWeb(request.body as ReadableStream<Uint8Array>), length);
  },
);

function digestOf(field: string | null): string | null {
  if (field === null) return null;
  const [, base64] = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):/.exec(field) ?? [];
  if (base64 === undefined) throw new DomainError("INVALID", "Content-Digest has to hold a SHA-256: sha-256=:…:");
  return Buffer.from(base64, "base64").toString("hex");
}
