"use client";

import { toastDone } from "#components/ui/toasts.tsx";
import { endToxicPairAction } from "#lib/campaigns/actions.ts";
import { ReasonButton } from "./reason-button.tsx";

export function EndPair({ pairId, title }: { pairId: string; title: string }) {
  return (
    <span>
      <ReasonButton
        size="compact-sm"
        variant="default"
        title={title}
        consequence="From the next freeze on nobody is asked to settle it. What was frozen with it stays, and whoever ended it is in the audit log with the reason."
        action={endToxicPairAction}
        read={(reason) => ({ pairId, reason })}
        onDone={() => toastDone("Ended the pair")}
        isDestructive
      >
        End this pair
      </ReasonButton>
    </span>
  );
}
