import "server-only";
import { requireCtx } from "#lib/auth/loaders.ts";
import { findCtx } from "#lib/auth/request.ts";
import { can } from "#lib/authz/permissions.ts";
import { inboxScope, settingsScope } from "#lib/authz/scope.ts";
import { env } from "#lib/env.ts";
import { mailOffice } from "./mail-office.ts";
import { countUnread, INBOX_CAP, listEndpoints, listInbox, mailPreference, mailState } from "./queries.ts";
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

/** null: not open to this person. */
export async function loadNotificationSettings() {
  const { actor } = await requireCtx();
  if (!can(actor, "settings.manage")) return null;
  const scope = settingsScope(actor);
  const [endpoints, mail] = await Promise.all([listEndpoints(scope), mailState(scope)]);
  return { endpoints, mail, isMailOn: mailOffice().isOn, from: env().MAIL_FROM ?? null };
}
