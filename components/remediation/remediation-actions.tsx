"use client";

import { ReasonButton } from "#components/campaigns/reason-button.tsx";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { toastDone } from "#components/ui/toasts.tsx";
import { approveRemediationAction, claimDoneAction, requireManualAction } from "#lib/remediation/actions.ts";
import type { RemediationDetail } from "#lib/remediation/types.ts";
import { ExecutePanel } from "./execute-panel.tsx";
import classes from "./remediation.module.css";
import { RestoreButton, RestoreRequests } from "./restore.tsx";
import { TicketButton } from "./ticket-button.tsx";

type RemediationActionsProps = {
  remediation: Pick<RemediationDetail, "id" | "label" | "state" | "can" | "restoreRequest" | "ticket">;
  userId: string | null;
  canRestore: boolean;
  canApprove: boolean;
  canExecute: boolean;
  canClaim: boolean;
};

/** What this person may do with a removal now. What they may not, the page tells why. */
export function RemediationActions({ remediation, userId, canApprove, canExecute, canClaim, canRestore }: RemediationActionsProps) {
  const { id: remediationId, label, state, can } = remediation;
  // What is planned waits for its approval first; where no connector could do it, it went to people by itself.
  const mayHandOver = canClaim && state === "APPROVED";
  return (
    <>
      <div className={classes.buttons}>
        {canApprove && can.approve && (
          <ConfirmButton
            title="Approve the removal"
            consequence={`“${label}” will be taken back. Somebody else than whoever decided it starts that.`}
            action={approveRemediationAction}
            input={{ remediationId }}
            onDone={() => toastDone("Approved the removal")}
          >
            Approve the removal
          </ConfirmButton>
        )}
        {canClaim && can.claim && (
          <ReasonButton
            title="Say that it is done"
            consequence="Nothing counts as removed because somebody says so: two later complete syncs have to show that the access is gone. Until then this is a claim with your name on it."
            action={claimDoneAction}
            read={(proof) => ({ remediationId, proof })}
            label="What was done, where and when"
            field="proof"
            onDone={() => toastDone("Claimed done. Two later syncs have to show it.")}
          >
            Claim it done
          </ReasonButton>
        )}
        {canClaim && can.claim && <TicketButton remediationId={remediationId} ticket={remediation.ticket} />}
      </div>
      {canExecute && can.execute && <ExecutePanel remediationId={remediationId} label={label} />}
      <RestoreRequests requests={remediation.restoreRequest ? [remediation.restoreRequest] : []} userId={userId} canRestore={canRestore} />
      <div className={classes.buttons}>
        {can.restore && !remediation.restoreRequest && <RestoreButton remediationId={remediationId} label={label} />}
        {mayHandOver && (
          <ReasonButton
            variant="default"
            size="xs"
            title="Have it done by hand"
            consequence="The connector will not take it back any more. Somebody does it in the source and claims it here."
            action={requireManualAction}
            read={(reason) => ({ remediationId, reason })}
            onDone={() => toastDone("It will be done by hand")}
          >
            Have it done by hand
          </ReasonButton>
        )}
      </div>
    </>
  );
}
