import { Readable } from "node:stream";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import { z } from "zod";
import { defineRoute } from "#lib/actions/define-route.ts";
import { DomainError, invalid } from "#lib/errors/domain-error.ts";
import { Download, type VerbIo } from "../../../../../cli/verbs/verb.ts";
import { VERBS } from "../../../../../cli/verbs/verbs.ts";

const MAX_BYTES = 4 * 2 ** 30;

/** The command line of a signed-in user elsewhere: a verb by name, its input in a header, a file as the body. Each verb's command authorizes. */
export const POST = defineRoute(
  {
    name: "verbs.run",
    method: "POST",
    permission: "self.manage",
    params: z.object({ name: z.string() }),
    maxBytes: MAX_BYTES,
    transaction: "own",
  },
  async (ctx, { params, request }) => {
    const verb = VERBS.find(({ name }) => name.replaceAll(" ", ".") === params.name);
    if (!verb) throw new DomainError("NOT_FOUND", `There is no command ${params.name}.`);
    const result = await verb.run(ctx, inputOf(request), { upload: uploadOf(request), progress: () => {} });
    return result instanceof Download ? download(result) : (result ?? {});
  },
);

function inputOf(request: Request): unknown {
  try {
    return JSON.parse(Buffer.from(request.headers.get("x-countersign-input") ?? "", "base64").toString("utf8"));
  } catch {
    throw invalid("The header x-countersign-input holds no JSON in base64.");
  }
}

function uploadOf(request: Request): VerbIo["upload"] {
  const name = request.headers.get("x-countersign-file");
  if (!name || !request.body) return null;
  return { name: decodeURIComponent(name), bytes: Readable.fromWeb(request.body as NodeReadableStream) };
}

function download({ bytes, facts }: Download): Response {
  const body = Readable.toWeb(Readable.from(bytes)) as unknown as ReadableStream;
  return new Response(body, {
    headers: { "content-type": "application/octet-stream", "x-countersign-facts": Buffer.from(JSON.stringify(facts)).toString("base64") },
  });
}
