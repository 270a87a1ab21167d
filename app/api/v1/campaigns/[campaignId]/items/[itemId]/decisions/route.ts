import { z } from "zod";
import { defineRoute } from "#lib/actions/define-route.ts";
import { decideItem } from "#lib/campaigns/commands/decide.ts";
import { decideItemInput } from "#lib/campaigns/schema.ts";

const params = z.object({ campaignId: z.uuid(), itemId: z.uuid() });
const input = decideItemInput.omit({ campaignId: true, itemId: true });

export const POST = defineRoute(
  { name: "item.decide", method: "POST", permission: "item.decide", params, input, transaction: "pg" },
  (ctx, given) => decideItem(ctx, { ...given.params, ...given.input }),
);
