"use client";

import { Moment } from "#components/ui/moment.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import {
  confirmBlockOverrideAction,
  confirmCancelAction,
  confirmCorrectionAction,
  confirmExtensionAction,
  confirmIndependenceOverrideAction,
} from "#lib/campaigns/actions.ts";
import type { CampaignRequest } from "#lib/campaigns/campaign-types.ts";
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

type CampaignRequestsProps = {
  requests: CampaignRequest[];
  campaignId: string;
  zone: string;
  userId: string | null;
  canManage: boolean;
  canOverride: boolean;
};

export function CampaignRequests({ requests, campaignId, zone, userId, canManage, canOverride }: CampaignRequestsProps) {
  return (
    <PendingRequests
      requests={requests}
      userId={userId}
      detailOf={({ id }) => <Detail request={requests.find((each) => each.id === id)} campaignId={campaignId} zone={zone} />}
      kindOf={(action) => KINDS[action] ?? null}
      canConfirm={(action) => (action === "campaign.cancel" ? canManage : canOverride)}
    />
  );
}

/** Which item, to whom, until when. */
function Detail({ request, campaignId, zone }: { request: CampaignRequest | undefined; campaignId: string; zone: string }) {
  if (!request || (!request.item && !request.dueAt)) return null;
  return (
    <p>
      {request.item && <TextLink href={`/campaigns/${campaignId}/items/${request.item.id}`}>{request.item.label}</TextLink>}
      {request.personName && <> to {request.personName}</>}
      {request.dueAt && (
        <>
          New due date: <Moment at={request.dueAt} zone={zone} />
        </>
      )}
    </p>
  );
}
