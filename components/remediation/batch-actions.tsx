"use client";

import { ReasonButton } from "#components/campaigns/reason-button.tsx";
import { counted } from "#components/ui/moment-text.ts";
import { toastDone } from "#components/ui/toasts.tsx";
import { requestBatchRestoreAction, stopBatchAction } from "#lib/remediation/actions.ts";
import type { BatchDetail } from "#lib/remediation/types.ts";
import classes from "./remediation.module.css";
import { RestoreRequests } from "./restore.tsx";

type BatchActionsProps = {
  batch: Pick<BatchDetail, "id" | "state" | "restorable" | "request">;
  userId: string | null;
  canExecute: boolean;
  canRestore: boolean;
};

export function BatchActions({ batch: { id: batchId, state, restorable, request }, userId, canExecute, canRestore }: BatchActionsProps) {
  return (
    <>
      <RestoreRequests requests={request ? [request] : []} userId={userId} canRestore={canRestore} />
      <div className={classes.buttons}>
        {canExecute && state === "RUNNING" && (
          <ReasonButton
            variant="default"
            title="Stop the removals"
            consequence="What has not begun goes back to approved. What the connector is at ends by itself."
            action={stopBatchAction}
            read={(reason) => ({ batchId, reason })}
            onDone={() => toastDone("Stopped the removals")}
          >
            Stop
          </ReasonButton>
        )}
        {canRestore && restorable > 0 && !request && (
          <ReasonButton
            variant="default"
            title={`Put back ${counted(restorable, "removal")}`}
            consequence="Exactly what was taken back is granted again, with the same options and by the same grantors. A second person has to confirm it."
            action={requestBatchRestoreAction}
            read={(reason) => ({ batchId, reason })}
            onDone={() => toastDone("Asked for: a second person has to confirm it")}
            isDestructive
          >
            Put all back
          </ReasonButton>
        )}
      </div>
    </>
  );
}
