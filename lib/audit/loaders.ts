import "server-only";
import { cache } from "react";
import { requireCtx } from "#lib/auth/loaders.ts";
import { can } from "#lib/authz/permissions.ts";
import { auditScope } from "#lib/authz/scope.ts";
import { getAuditEvent, getLogFreshness, getLogState, listAuditEvents } from "./queries.ts";
import { type AuditFilter, auditSearchParams } from "./search-params.ts";

export type AuditSearch = Record<string, string | string[] | undefined>;

/** The history under the URL's filter. A cursor that fits another filter is dropped: the list starts again. */
export async function loadAuditEvents(search: AuditSearch) {
  const { actor } = await requireCtx();
  const filter: AuditFilter = auditSearchParams.parse(search);
  return { filter, ...(await listAuditEvents(auditScope(actor), filter)) };
}

export const loadAuditEvent = cache(async (eventId: string) => {
  const { actor } = await requireCtx();
  return getAuditEvent(auditScope(actor), eventId);
});

export const loadLogState = cache(async () => {
  const { actor } = await requireCtx();
  return getLogState(auditScope(actor));
});

/** How fresh the log's last signature is; null: not open to this person. */
export const loadLogFreshness = cache(async () => {
  const { actor } = await requireCtx();
  return can(actor, "audit.read") ? getLogFreshness(auditScope(actor)) : null;
});
