import { z } from "zod";
import { defineRoute } from "#lib/actions/define-route.ts";
import { decideItems } from "#lib/campaigns/commands/decide-many.ts";
import { decideItemsInput } from "#lib/campaigns/schema.ts";

const params = z.object({ campaignId: z.uuid() });
const input = decideItemsInput.omit({ campaignId: true });
/** Ten thousand rows, each an id and a version. */
const MAX_BYTES = 2 * 1024 * 1024;

/** One answer to many items of one kind, all or nothing. */
export const POST = defineRoute(
  { name: "item.decide_many", method: "POST", permission: "item.decide", params, input, transaction: "pg", maxBytes: MAX_BYTES },
  (ctx, given) => decideItems(ctx, { ...given.params, ...given.input }),
);
