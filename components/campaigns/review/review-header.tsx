"use client";
import { countText } from "#components/ui/moment-text.ts";
import { PageHeader } from "#components/ui/page-header.tsx";
import type { CampaignState } from "#lib/campaigns/types.ts";
import { DueDate } from "../due-date.tsx";
import type { Counts } from "./loaded-items.ts";
import { SubmitButton } from "./submit-button.tsx";

export type ReviewCampaign = {
  id: string;
  name: string;
  state: CampaignState;
  dueAt: string;
  zone: string;
  instructions: string;
  instructionsVersion: number;
};

type ReviewHeaderProps = {
  campaign: ReviewCampaign;
  /** null while the items are read. */
  counts: Counts | null;
  isWaiting: boolean;
  onSubmitted: () => void;
};

export function ReviewHeader({ campaign, counts, isWaiting, onSubmitted }: ReviewHeaderProps) {
  return (
    <PageHeader
      title={campaign.name}
      summary={
        <>
          Due <DueDate at={campaign.dueAt} zone={campaign.zone} state={campaign.state} />.{" "}
          {counts ? progressWords(counts) : "Reading your items."}
        </>
      }
      action={
        <SubmitButton
          campaignId={campaign.id}
          instructions={campaign.instructions}
          instructionsVersion={campaign.instructionsVersion}
          answered={counts?.answered ?? 0}
          open={counts?.open ?? 0}
          isWaiting={isWaiting}
          onSubmitted={onSubmitted}
        />
      }
    />
  );
}

/** "12 of 18 left, 6 submitted." What is nothing is not said, but for what is left. */
function progressWords({ open, total, submitted, voided }: Counts): string {
  const more = [submitted > 0 ? `${countText(submitted)} submitted` : "", voided > 0 ? `${countText(voided)} void` : ""].filter(Boolean);
  return `${[`${countText(open)} of ${countText(total)} left`, ...more].join(", ")}.`;
}
