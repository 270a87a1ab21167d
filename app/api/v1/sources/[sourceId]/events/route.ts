import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { z } from "zod";
import { defineRoute } from "#lib/actions/define-route.ts";
import { invalid } from "#lib/errors/domain-error.ts";
import { importAccessEvents } from "#lib/sessions/commands/import-events.ts";
import { LOG_LIMITS } from "#lib/sessions/log-bytes.ts";

/** Takes one log file as it is, packed or not, and answers with what became of its records. Several files are several calls. */
export const POST = defineRoute(
  {
    name: "source.import_events",
    method: "POST",
    permission: "session.import",
    params: z.object({ sourceId: z.uuid() }),
    query: z.object({ name: z.string("Give the file's name: ?name=…") }),
    maxBytes: LOG_LIMITS.sentBytes,
    transaction: "own",
  },
  async (ctx, { params, query: { name }, request }) => {
    if (!request.body) throw invalid("The file is empty.");
    return importAccessEvents(ctx, { sourceId: params.sourceId, name }, Readable.fromWeb(request.body as ReadableStream<Uint8Array>));
  },
);
