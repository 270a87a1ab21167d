"use client";

import { RequestExceptionButton } from "#components/exceptions/request-exception-button.tsx";
import { toastDone } from "#components/ui/toasts.tsx";
import { reopenItemAction } from "#lib/campaigns/actions.ts";
import type { ExceptionImpact, ItemDetail } from "#lib/campaigns/review-types.ts";
import classes from "./campaign-page.module.css";
import { CorrectButton, OverrideButton } from "./override-button.tsx";
import { ReasonButton } from "./reason-button.tsx";
import { ReassignButton } from "./reassign-button.tsx";

type ItemActionsProps = {
  item: Pick<ItemDetail, "id" | "campaignId" | "campaignState" | "state" | "answer">;
  canReassign: boolean;
  canReopen: boolean;
  canManage: boolean;
  canOverride: boolean;
  /** Null where the viewer may not ask for one, there is one already, or the item waits for their own answer. */
  impact: ExceptionImpact | null;
};

const OPEN = ["UNASSIGNED", "ASSIGNED", "DRAFTED"];

/** What may still be done to an item: another reviewer while it is open, opening it again until the sign-off. */
export function ItemActions({ item, canReassign, canReopen, canManage, canOverride, impact }: ItemActionsProps) {
  const isRunning = item.campaignState === "ACTIVE" || item.campaignState === "CLOSING";
  const isReassignable = canReassign && (isRunning || item.campaignState === "STAGED") && OPEN.includes(item.state);
  const isReopenable = canReopen && isRunning && (item.state === "SUBMITTED" || item.state === "DECIDED");
  const mayOverride = canOverride && (isRunning || item.campaignState === "STAGED") && OPEN.includes(item.state);
  const mayCorrect = canManage && item.state === "FINAL";
  if (!isReassignable && !isReopenable && !mayOverride && !mayCorrect && !impact) return null;
  return (
    <div className={classes.buttons}>
      {isReassignable && <ReassignButton campaignId={item.campaignId} itemIds={[item.id]} />}
      {mayOverride && <OverrideButton campaignId={item.campaignId} itemId={item.id} />}
      {mayCorrect && <CorrectButton campaignId={item.campaignId} itemId={item.id} />}
      {impact && <RequestExceptionButton campaignId={item.campaignId} itemId={item.id} impact={impact} />}
      {isReopenable && (
        <ReasonButton
          size="xs"
          variant="default"
          title="Reopen this item"
          consequence="It goes back to its reviewer, who has to answer it again. The answer that was given stays in its history. You confirm that it is you."
          action={reopenItemAction}
          read={(reason) => ({ campaignId: item.campaignId, itemId: item.id, reason })}
          onDone={() => toastDone("Reopened the item")}
        >
          Reopen this item
        </ReasonButton>
      )}
    </div>
  );
}
