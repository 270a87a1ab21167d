import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { z } from "zod";
import { defineRoute } from "#lib/actions/define-route.ts";
import { LIMITS } from "#lib/connectors/files/limits.ts";
import { invalid } from "#lib/errors/domain-error.ts";
import { uploadFile } from "#lib/ingest/commands/upload-file.ts";

const fact = z.string().trim().min(1).max(1_000);

/** What is said of the file beside its name: JSON, percent-encoded, in the header Upload-Facts. */
const uploadFacts = z.strictObject({
  mappedAs: z.string().optional(),
  isPiece: z.boolean().optional(),
  exportedAt: z.string().optional(),
  declared: z.record(z.string(), z.number()).optional(),
  attestation: z.strictObject({ tool: fact, version: fact, command: fact, identity: fact }).optional(),
});

/** Takes one file as it is. With its digest in Content-Digest (RFC 9530) a damaged upload is refused; without a length it is not taken at all. */
export const POST = defineRoute(
  {
    name: "source.upload_file",
    method: "POST",
    permission: "source.manage",
    params: z.object({ sourceId: z.uuid() }),
    query: z.object({ name: z.string("Give the file's name: ?name=…") }),
    maxBytes: LIMITS.bytes,
    transaction: "own",
  },
  async (ctx, { params, query: { name }, request }) => {
    const length = Number(request.headers.get("content-length") ?? Number.NaN);
    if (!Number.isSafeInteger(length)) throw invalid("Say how long the file is: send it with Content-Length.");
    if (!request.body) throw invalid("The file is empty.");
    const facts = factsOf(request.headers.get("upload-facts"));
    const sha256 = digestOf(request.headers.get("content-digest"));
    const input = { sourceId: params.sourceId, name, ...facts, ...(sha256 ? { sha256 } : {}) };
    return uploadFile(ctx, input, Readable.fromWeb(request.body as ReadableStream<Uint8Array>), length);
  },
);

function factsOf(header: string | null): z.infer<typeof uploadFacts> {
  if (header === null) return {};
  try {
    return uploadFacts.parse(JSON.parse(decodeURIComponent(header)));
  } catch (error) {
    if (error instanceof z.ZodError) throw error;
    throw invalid("Upload-Facts has to hold JSON, percent-encoded.");
  }
}

function digestOf(header: string | null): string | null {
  if (header === null) return null;
  const [, base64] = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):/.exec(header) ?? [];
  if (base64 === undefined) throw invalid("Content-Digest has to hold a SHA-256: sha-256=:…:");
  return Buffer.from(base64, "base64").toString("hex");
}
