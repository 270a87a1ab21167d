import "server-only";
import { requireCtx } from "#lib/auth/loaders.ts";
import { findCtx } from "#lib/auth/request.ts";
import { inboxScope } from "#lib/authz/scope.ts";
import { mailOffice } from "./mail-office.ts";
import { countUnread, INBOX_CAP, listInbox, mailPreference } from "./queries.ts";
import { inboxParams } from "./schema.ts";

/** For the bell in the frame; 0 where nobody is signed in. */
export async function loadUnreadCount(): Promise<number> {
  const ctx = await findCtx();
  return ctx?.actor.kind === "user" ? countUnread(inboxScope(ctx.actor)) : 0;
}

export async function loadInbox(search: Record<string, string | string[] | undefined>) {
  const { actor } = await requireCtx();
  const scope = inboxScope(actor);
  const { show } = inboxParams.parse(search);
  const [rows, unread] = await Promise.all([listInbox(scope, show), countUnread(scope)]);
  return { rows, unread, show, isCut: rows.length >= INBOX_CAP };
}

export async function loadMailPreference() {
  const { actor } = await requireCtx();
  return { preference: await mailPreference(inboxScope(actor)), isMailOn: mailOffice().isOn };
}
