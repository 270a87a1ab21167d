import { z } from "zod";
import { defineRoute } from "#lib/actions/define-route.ts";
import { invalid } from "#lib/errors/domain-error.ts";
import { addProof } from "#lib/remediation/commands/prove.ts";
import { MAX_PROOF_BYTES, remediationInput } from "#lib/remediation/schema.ts";

/** Takes one file as it is, as what proves a removal by hand. */
export const POST = defineRoute(
  {
    name: "remediation.add_proof",
    method: "POST",
    permission: "remediation.claim",
    params: remediationInput,
    query: z.object({ name: z.string("Give the file's name: ?name=…") }),
    maxBytes: MAX_PROOF_BYTES,
    transaction: "own",
  },
  async (ctx, { params: { remediationId }, query: { name }, request }) => {
    if (!request.body) throw invalid("The file is empty.");
    return addProof(ctx, { remediationId, name }, request.body as unknown as AsyncIterable<Uint8Array>);
  },
);
