import { z } from "zod";

const text = z.string().trim().max(200).optional().catch(undefined);

/** The audit page's URL. Bad values fall back to "no filter"; a day is an ISO date in UTC, `to` inclusive. */
export const auditSearchParams = z.object({
  type: text,
  subjectKind: text,
  subjectId: text,
  actorId: text,
  from: z.iso.date().optional().catch(undefined),
  to: z.iso.date().optional().catch(undefined),
  after: text,
});
export type AuditFilter = z.infer<typeof auditSearchParams>;
