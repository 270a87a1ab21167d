import { defineRoute } from "#lib/actions/define-route.ts";
import { claimDone } from "#lib/remediation/commands/claim.ts";
import { claimRemediationInput, remediationInput } from "#lib/remediation/schema.ts";

/** For a ticket system whose ticket was closed: what was done, where and when. Later syncs have to show it. */
export const POST = defineRoute(
  {
    name: "remediation.claim_done",
    method: "POST",
    permission: "remediation.claim",
    params: remediationInput,
    input: claimRemediationInput.omit({ remediationId: true }),
    transaction: "pg",
  },
  async (ctx, { params, input }) => {
    await claimDone(ctx, { ...params, ...input });
    return { state: "CLAIMED_DONE" };
  },
);
