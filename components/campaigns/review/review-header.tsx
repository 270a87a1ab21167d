"use client";
import { counted, countText } from "#components/ui/moment-text.ts";
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
  /** What is suggested rests on the facts of that moment. */
  stagedAt: string;
  /** Measured median of everybody; null until there is one. */
  secondsEach: number | null;
};

type ReviewHeaderProps = {
  campaign: ReviewCampaign;
  /** null while the items are read. */
  counts: Counts | null;
  /** Seconds that an item takes, as far as measured. */
  pace: number | null;
  isWaiting: boolean;
  onSubmitted: () => void;
};

export function ReviewHeader({ campaign, counts, pace, isWaiting, onSubmitted }: ReviewHeaderProps) {
  return (
    <PageHeader
      title={campaign.name}
      summary={
        <>
          Due <DueDate at={campaign.dueAt} zone={campaign.zone} state={campaign.state} />.{" "}
          <span role="status">{counts ? `${progressWords(counts)}${minutesWords(counts.open, pace)}` : "Reading your items."}</span>
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

/** By the pace that was measured; nothing is said where none was. */
function minutesWords(open: number, pace: number | null): string {
  if (open === 0 || pace === null) return "";
  return ` About ${counted(Math.max(1, Math.round((open * pace) / 60)), "minute")}.`;
}

/** "12 of 18 left, 6 submitted." What is nothing is not said, but for what is left. */
function progressWords({ open, total, submitted, voided }: Counts): string {
  const more = [submitted > 0 ? `${countText(submitted)} submitted` : "", voided > 0 ? `${countText(voided)} void` : ""].filter(Boolean);
  return `${[`${countText(open)} of ${countText(total)} left`, ...more].join(", ")}.`;
}
