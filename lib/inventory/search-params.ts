import { z } from "zod";
import { ENVIRONMENTS, IDENTITY_CLASSES, IDENTITY_STATUSES, RESOURCE_CLASSES } from "./streams.ts";

const search = z.string().trim().max(200).optional().catch(undefined);
const id = z.uuid().optional().catch(undefined);
const after = z.string().max(500).optional();

/** The identities table's state; a bad value falls back to no filter. A bad cursor is refused by the query. */
export const identityFilter = z.object({
  search,
  sourceId: id,
  class: z.enum(IDENTITY_CLASSES).optional().catch(undefined),
  status: z.enum(IDENTITY_STATUSES).optional().catch(undefined),
  /** Whether a person is known for it; proposed: somebody has to look. */
  person: z.enum(["matched", "proposed", "none"]).optional().catch(undefined),
  presence: z.enum(["live", "gone"]).catch("live").default("live"),
  after,
});
export type IdentityFilter = z.infer<typeof identityFilter>;

export const resourceFilter = z.object({
  search,
  sourceId: id,
  class: z.enum(RESOURCE_CLASSES).optional().catch(undefined),
  environment: z.enum(ENVIRONMENTS).optional().catch(undefined),
  presence: z.enum(["live", "gone"]).catch("live").default("live"),
  after,
});
export type ResourceFilter = z.infer<typeof resourceFilter>;
