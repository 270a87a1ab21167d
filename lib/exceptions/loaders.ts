import "server-only";
import { cache } from "react";
import { z } from "zod";
import { requireCtx } from "#lib/auth/loaders.ts";
import { findCtx } from "#lib/auth/request.ts";
import type { Actor } from "#lib/authz/actor.ts";
import { can } from "#lib/authz/permissions.ts";
import { exceptionScope } from "#lib/authz/scope.ts";
import { exceptionInbox, exceptionTotals, getException, listExceptions } from "./queries.ts";
import { exceptionListParams } from "./schema.ts";

const LIST_CAP = 500;
const mayRead = (actor: Actor): boolean => can(actor, "exception.read") && (actor.kind === "user" || can(actor, "exception.read_all"));

/** null: not open to this person. */
export async function loadExceptions(search: Record<string, string | string[] | undefined>) {
  const { actor, now } = await requireCtx();
  if (!mayRead(actor)) return null;
  const scope = exceptionScope(actor);
  const params = exceptionListParams.parse(search);
  const viewer = { actor, now };
  const [rows, totals, inbox] = await Promise.all([listExceptions(scope, viewer, params), exceptionTotals(scope), exceptionInbox(viewer)]);
  const isFiltered = params.show !== "open" || [params.q, params.state, params.risk].some((value) => value !== "");
  return { rows, totals, inbox, isFiltered, isCut: rows.length >= LIST_CAP, canApprove: can(actor, "exception.approve") };
}

export const loadException = cache(async (exceptionId: string) => {
  const { actor, now } = await requireCtx();
  if (!mayRead(actor)) return null;
  const isKnown = z.uuid().safeParse(exceptionId).success;
  return { exception: isKnown ? await getException(exceptionScope(actor), { actor, now }, exceptionId) : null };
});

/** Requests that wait for this person's approval, and exceptions of theirs that are about to end; null: neither could ever be theirs. */
export const loadWaitingExceptions = cache(async () => {
  const { actor, now } = await requireCtx();
  if (!mayRead(actor)) return null;
  const { approvals, expiring } = await exceptionInbox({ actor, now });
  return { approvals: can(actor, "exception.approve") ? approvals : 0, expiring };
});

/** What of exceptions waits for whoever looks, for the frame; 0 where nobody is signed in or none of it is theirs. */
export const loadExceptionInbox = cache(async (): Promise<number> => {
  const ctx = await findCtx();
  if (ctx?.actor.kind !== "user" || !can(ctx.actor, "exception.read")) return 0;
  const { approvals, expiring } = await exceptionInbox({ actor: ctx.actor, now: ctx.now });
  return (can(ctx.actor, "exception.approve") ? approvals : 0) + expiring;
});
