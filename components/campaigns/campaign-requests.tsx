"use client";

import {
  confirmBlockOverrideAction,
  confirmCancelAction,
  confirmCorrectionAction,
  confirmExtensionAction,
  confirmIndependenceOverrideAction,
} from "#lib/campaigns/actions.ts";
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
  "campaign.extend": {
    title: "Extend the due date",
    verb: "Confirm the extension",
    consequence: "Every due date moves. The evidence prints both of your names and the reason.",
    action: confirmExtensionAction,
    done: "Extended the due date",
  },
  "campaign_item.override_independence": {
    title: "Let somebody review who is not independent",
    verb: "Confirm the override",
    consequence: "They get the item. The evidence prints why they are not independent, both of your names and the reason.",
    action: confirmIndependenceOverrideAction,
    isDestructive: true,
    done: "Confirmed: they have the item",
  },
  "campaign_item.correct": {
    title: "Correct a final decision",
    verb: "Confirm the correction",
    consequence: "The access is reviewed anew in a campaign of its own. What was signed off stays as it is.",
    action: confirmCorrectionAction,
    done: "Confirmed: the access is reviewed anew",
  },
};

type CampaignRequestsProps = { requests: PendingRequest[]; userId: string | null; canManage: boolean; canOverride: boolean };

export function CampaignRequests({ requests, userId, canManage, canOverride }: CampaignRequestsProps) {
  return (
    <PendingRequests
      requests={requests}
      userId={userId}
      kindOf={(action) => KINDS[action] ?? null}
      canConfirm={(action) => (action === "campaign.cancel" ? canManage : canOverride)}
    />
  );
}
