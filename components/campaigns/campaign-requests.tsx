"use client";

import { confirmBlockOverrideAction, confirmCancelAction } from "#lib/campaigns/actions.ts";
import type { PendingRequest } from "#lib/campaigns/types.ts";
import { PendingRequests, type RequestKind } from "./pending-requests.tsx";

const KINDS: Readonly<Record<string, RequestKind>> = {
  "campaign.override_block": {
    title: "Freeze in spite of what blocks it",
    verb: "Confirm the freeze",
    consequence: "The population is frozen from sources as they stand. The evidence prints both of your names and the reason.",
    action: confirmBlockOverrideAction,
    isDestructive: true,
    done: "Confirmed: the population is being frozen",
  },
  "campaign.cancel": {
    title: "Cancel the campaign",
    verb: "Confirm the cancellation",
    consequence: "The campaign ends here. Nothing that was decided takes effect, and it cannot be taken back; the record stays.",
    action: confirmCancelAction,
    isDestructive: true,
    done: "Cancelled the campaign",
  },
};

type CampaignRequestsProps = { requests: PendingRequest[]; userId: string | null; canManage: boolean; canOverride: boolean };

export function CampaignRequests({ requests, userId, canManage, canOverride }: CampaignRequestsProps) {
  return (
    <PendingRequests
      requests={requests}
      userId={userId}
      kindOf={(action) => KINDS[action] ?? null}
      canConfirm={(action) => (action === "campaign.override_block" ? canOverride : canManage)}
    />
  );
}
