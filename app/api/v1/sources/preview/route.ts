import { z } from "zod";
import { defineRoute } from "#lib/actions/define-route.ts";
import { sourceScope } from "#lib/authz/scope.ts";
import { DomainError, invalid } from "#lib/errors/domain-error.ts";
import { previewSample, previewSampleInput } from "#lib/ingest/preview.ts";
import { getSource } from "#lib/ingest/queries.ts";
import { filesSettings } from "#lib/ingest/schema.ts";

const MAX_BYTES = 3 * 1024 * 1024;
const asked = z.string().transform((text, context) => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    context.addIssue({ code: "custom", message: "Not JSON." });
    return z.NEVER;
  }
});

/** A form with the beginning of a file (`sample`) and what is asked of it (`asked`, JSON). It changes and keeps nothing. */
export const POST = defineRoute(
  { name: "source.preview_file", method: "POST", permission: "source.manage", maxBytes: MAX_BYTES, transaction: "own" },
  async (ctx, { request }) => {
    if (request.headers.get("content-length") === null)
      throw new DomainError("TOO_LARGE", `Say how long it is; at most ${MAX_BYTES} bytes are taken here.`);
    const form = await request.formData().catch(() => {
      throw invalid("Send a form with the sample and what is asked of it.");
    });
    const sample = form.get("sample");
    if (!(sample instanceof Blob)) throw invalid("The form has no file called sample.", { sample: "Missing." });
    const input = previewSampleInput.parse(asked.parse(form.get("asked")));
    const saved = input.sourceId ? filesSettings.parse((await getSource(sourceScope(ctx.actor), input.sourceId)).config).mapping : null;
    return previewSample(await sample.bytes(), input, saved?.files ?? []);
  },
);
