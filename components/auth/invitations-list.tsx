"use client";

import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { toastDone } from "#components/ui/toasts.tsx";
import { withdrawInvitationAction } from "#lib/auth/actions.ts";
import { roleText } from "#lib/auth/rules.ts";
import type { InvitationRow } from "#lib/auth/types.ts";
import classes from "./auth.module.css";

export function InvitationsList({ invitations, canManage }: { invitations: readonly InvitationRow[]; canManage: boolean }) {
  return (
    <ul className={classes.lines}>
      {invitations.map((invitation) => (
        <li key={invitation.id} className={classes.line}>
          <span className={classes.about}>
            <span>{invitation.mail}</span>
            <span>
              {invitation.roles.length > 0 ? invitation.roles.map(roleText).join(", ") : "no role"}, invited{" "}
              <Moment at={invitation.createdAt} show="relative" />, ends <Moment at={invitation.expiresAt} show="due" />
            </span>
          </span>
          {canManage && (
            <ConfirmButton
              size="xs"
              variant="default"
              title={`Withdraw the invitation of ${invitation.mail}`}
              consequence="Its link stops working. You can invite the same address again."
              action={withdrawInvitationAction}
              input={{ invitationId: invitation.id }}
              onDone={() => toastDone(`Withdrew the invitation of ${invitation.mail}`)}
              isDestructive
            >
              Withdraw
            </ConfirmButton>
          )}
        </li>
      ))}
    </ul>
  );
}
