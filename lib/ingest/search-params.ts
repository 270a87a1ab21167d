import { z } from "zod";
import { STREAM_NAMES } from "#lib/inventory/streams.ts";

const cursor = z
  .string()
  .max(500)
  .optional()
  .catch(undefined)
  .transform((value) => value || undefined);
const stream = z.enum(STREAM_NAMES).optional().catch(undefined);

/** The run page's URL: which differences are looked at, and of which stream the refused records. Bad values fall back. */
export const runPageParams = z.object({
  /** Which of the two long lists stands at the end of the page. */
  show: z.enum(["differences", "rejected"]).optional().catch(undefined),
  kind: z.enum(["added", "changed", "ended"]).optional().catch(undefined),
  stream,
  rejected: stream,
});
export type RunPageParams = z.infer<typeof runPageParams>;

export const differencesQuery = z.object({ stream: z.enum(STREAM_NAMES), kind: z.enum(["added", "changed", "ended"]), cursor });
export const rejectedQuery = z.object({ stream, cursor });
export const runsQuery = z.object({ cursor });
