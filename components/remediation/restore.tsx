"use client";

import { PendingRequests, type RequestKind } from "#components/campaigns/pending-requests.tsx";
import { ReasonButton } from "#components/campaigns/reason-button.tsx";
import { toastDone } from "#components/ui/toasts.tsx";
import type { PendingRequest } from "#lib/campaigns/campaign-types.ts";
import { confirmRestoreAction, requestRestoreAction } from "#lib/remediation/actions.ts";

const KIND: RequestKind = {
  title: "Put the access back",
  verb: "Confirm putting it back",
  consequence: "The connector grants again exactly what it took. The evidence prints both of your names and the reason.",
  action: confirmRestoreAction,
  isDestructive: true,
  done: "Confirmed: the connector puts it back",
};

type RestoreRequestsProps = { requests: readonly PendingRequest[]; userId: string | null; canRestore: boolean };

export function RestoreRequests({ requests, userId, canRestore }: RestoreRequestsProps) {
  return <PendingRequests requests={requests} kindOf={() => KIND} userId={userId} canConfirm={() => canRestore} />;
}

/** When taking it back broke something. */
export function RestoreButton({ remediationId, label }: { remediationId: string; label: string }) {
  return (
    <ReasonButton
      variant="default"
      size="xs"
      title="Put the access back"
      consequence={`“${label}” is granted again as it was. A second person has to confirm it.`}
      action={requestRestoreAction}
      read={(reason) => ({ remediationId, reason })}
      onDone={() => toastDone("Asked for: a second person has to confirm it")}
      isDestructive
    >
      Put it back
    </ReasonButton>
  );
}
