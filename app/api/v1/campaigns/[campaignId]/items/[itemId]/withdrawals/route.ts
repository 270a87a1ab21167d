import { z } from "zod";
import { defineRoute } from "#lib/actions/define-route.ts";
import { withdrawAnswer } from "#lib/campaigns/commands/decide.ts";
import { withdrawAnswerInput } from "#lib/campaigns/schema.ts";

const params = z.object({ campaignId: z.uuid(), itemId: z.uuid() });
const input = withdrawAnswerInput.omit({ campaignId: true, itemId: true });

/** Takes a drafted answer back. */
export const POST = defineRoute(
  { name: "item.withdraw", method: "POST", permission: "item.decide", params, input, transaction: "pg" },
  (ctx, given) => withdrawAnswer(ctx, { ...given.params, ...given.input }),
);
