import { defineRoute } from "#lib/actions/define-route.ts";
import { ticketRemediation } from "#lib/remediation/commands/ticket.ts";
import { remediationInput, ticketInput } from "#lib/remediation/schema.ts";

/** For a ticket system that was told of the task by webhook: which ticket it has there. Saying so again changes nothing. */
export const POST = defineRoute(
  {
    name: "remediation.ticket",
    method: "POST",
    permission: "remediation.claim",
    params: remediationInput,
    input: ticketInput,
    transaction: "pg",
  },
  (ctx, { params, input }) => ticketRemediation(ctx, { ...params, ...input }),
);
