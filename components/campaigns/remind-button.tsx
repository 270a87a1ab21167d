"use client";

import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { counted } from "#components/ui/moment-text.ts";
import { toastDone } from "#components/ui/toasts.tsx";
import { remindReviewersAction } from "#lib/campaigns/actions.ts";

/** A nudge besides those of the plan, for whoever still has open items. */
export function RemindButton({ campaignId }: { campaignId: string }) {
  return (
    <ConfirmButton
      size="xs"
      variant="default"
      title="Remind the reviewers"
      consequence="Everybody with open items is told how many they are and by when. Nobody is told twice in a day by the same person, and nobody who is done."
      action={remindReviewersAction}
      input={{ campaignId }}
      onDone={({ told }) => toastDone(told === 0 ? "Everybody was reminded today already" : `Reminded ${counted(told, "reviewer")}`)}
    >
      Remind those with open items
    </ConfirmButton>
  );
}

type RemindOneProps = { campaignId: string; personId: string; name: string; open: number };

/** The same for one of them. */
export function RemindOne({ campaignId, personId, name, open }: RemindOneProps) {
  return (
    <ConfirmButton
      size="compact-xs"
      variant="default"
      label={`Remind ${name}`}
      title={`Remind ${name}`}
      consequence={`${name} is told that ${counted(open, "item")} wait${open === 1 ? "s" : ""} and by when, at most once in a day by the same person.`}
      action={remindReviewersAction}
      input={{ campaignId, personId }}
      onDone={({ told }) => toastDone(told === 0 ? `${name} was reminded today already` : `Reminded ${name}`)}
    >
      Remind
    </ConfirmButton>
  );
}
