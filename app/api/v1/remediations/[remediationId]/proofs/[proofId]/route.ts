import { defineRoute } from "#lib/actions/define-route.ts";
import { remediationScope } from "#lib/authz/scope.ts";
import { readProof } from "#lib/remediation/queries.ts";
import { proofInput } from "#lib/remediation/schema.ts";

/** A proof as it was handed in, always as a download: it is somebody else's file. */
export const GET = defineRoute(
  { name: "remediation.proof", method: "GET", permission: "remediation.read", params: proofInput },
  async (ctx, { params }) => {
    const { name, mediaType, bytes, sha256 } = await readProof(remediationScope(ctx.actor), params);
    return new Response(new Uint8Array(bytes), {
      headers: {
        "content-type": mediaType,
        "content-disposition": `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
        "x-content-type-options": "nosniff",
        "repr-digest": `sha-256=:${Buffer.from(sha256, "hex").toString("base64")}:`,
      },
    });
  },
);
