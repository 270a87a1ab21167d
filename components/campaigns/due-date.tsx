"use client";

import { Moment } from "#components/ui/moment.tsx";
import { usePreferences } from "#components/ui/preferences.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import type { CampaignState } from "#lib/campaigns/types.ts";

type DueDateProps = { at: string; zone: string; state: CampaignState };

/** When answers are due; that this has passed matters while they are still taken. */
export function DueDate({ at, zone, state }: DueDateProps) {
  const { now } = usePreferences();
  const isOverdue = state === "ACTIVE" && new Date(at) < new Date(now);
  if (!isOverdue) return <Moment at={at} show="due" zone={zone} />;
  return (
    <ToneText tone="danger">
      <Moment at={at} show="relative" zone={zone} />
    </ToneText>
  );
}
