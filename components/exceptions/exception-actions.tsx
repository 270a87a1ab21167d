"use client";

import { ReasonButton } from "#components/campaigns/reason-button.tsx";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { toastDone } from "#components/ui/toasts.tsx";
import {
  approveExceptionAction,
  rejectExceptionAction,
  requestChangesAction,
  revokeExceptionAction,
  withdrawExceptionAction,
} from "#lib/exceptions/actions.ts";
import type { ExceptionDetail } from "#lib/exceptions/types.ts";
import { ChangeButton } from "./change-button.tsx";
import { ControlTestButton } from "./control-test-button.tsx";
import classes from "./exceptions.module.css";
import { RenewButton } from "./renew-button.tsx";

/** What this person may do with it now. What they may not, the page tells why. */
export function ExceptionActions({ exception }: { exception: ExceptionDetail }) {
  const { id: exceptionId, label, revision, can, renewal } = exception;
  const until = <Moment at={renewal?.expiresAt ?? exception.expiresAt} show="date" />;
  return (
    <div className={classes.buttons}>
      {can.approve && (
        <>
          <ConfirmButton
            title={renewal ? "Approve the renewal" : "Approve the exception"}
            consequence={
              <>
                “{label}” stays until {until} under its control, once everybody in the chain has approved. Your name stands for it; you
                confirm that it is you.
              </>
            }
            action={approveExceptionAction}
            input={{ exceptionId, revision }}
            onDone={() => toastDone("Approved")}
          >
            Approve
          </ConfirmButton>
          {!renewal && (
            <ReasonButton
              variant="default"
              title="Ask for other terms"
              consequence="It goes back to whoever asked. Other terms are approved from the beginning."
              action={requestChangesAction}
              read={(reason) => ({ exceptionId, revision, reason })}
              label="What has to change"
              onDone={() => toastDone("Asked for other terms")}
            >
              Ask for other terms
            </ReasonButton>
          )}
          <ReasonButton
            variant="default"
            title={renewal ? "Refuse the renewal" : "Refuse the exception"}
            consequence={
              renewal ? "It ends at the date that it has now." : "It ends here. The item that it was asked from goes to the next reviewer."
            }
            action={rejectExceptionAction}
            read={(reason) => ({ exceptionId, revision, reason })}
            isDestructive
            onDone={() => toastDone("Refused")}
          >
            Refuse
          </ReasonButton>
        </>
      )}
      {can.change && <ChangeButton exception={exception} />}
      {can.recordTest && <ControlTestButton exception={exception} />}
      {can.renew && <RenewButton exception={exception} />}
      {can.withdraw && (
        <ReasonButton
          variant="default"
          title={renewal ? "Take the renewal back" : "Take the request back"}
          consequence={renewal ? "It ends at the date that it has now." : "The item that it was asked from goes to the next reviewer."}
          action={withdrawExceptionAction}
          read={(reason) => ({ exceptionId, reason })}
          onDone={() => toastDone("Taken back")}
        >
          Take it back
        </ReasonButton>
      )}
      {can.revoke && (
        <ReasonButton
          variant="default"
          title="Revoke the exception"
          consequence="It is not in force any more at once, and what it covered is under review again."
          action={revokeExceptionAction}
          read={(reason) => ({ exceptionId, reason })}
          isDestructive
          onDone={() => toastDone("Revoked the exception")}
        >
          Revoke
        </ReasonButton>
      )}
    </div>
  );
}
