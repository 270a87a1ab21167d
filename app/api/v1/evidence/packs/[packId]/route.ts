import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { defineRoute } from "#lib/actions/define-route.ts";
import { downloadPack } from "#lib/evidence/commands/download.ts";
import { packInput } from "#lib/evidence/schema.ts";

/** A pack as a file, streamed; taking it is recorded. */
export const GET = defineRoute(
  { name: "evidence.download", method: "GET", permission: "evidence.read", params: packInput, transaction: "own" },
  async (ctx, { params, request }) => {
    const { file, name, sha256, bytes } = await downloadPack(ctx, params);
    const stream = createReadStream(file, { highWaterMark: 1 << 20 });
    // A client that goes away must not leave the file open.
    request.signal.addEventListener("abort", () => stream.destroy(), { once: true });
    return new Response(Readable.toWeb(stream) as unknown as ReadableStream, {
      headers: {
        "content-type": "application/zip",
        "content-length": String(bytes),
        "content-disposition": `attachment; filename="${name}"`,
        "x-content-type-options": "nosniff",
        "repr-digest": `sha-256=:${Buffer.from(sha256, "hex").toString("base64")}:`,
      },
    });
  },
);
