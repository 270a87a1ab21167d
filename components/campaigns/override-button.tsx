"use client";

import { useState } from "react";
import { toastDone } from "#components/ui/toasts.tsx";
import { requestCorrectionAction, requestIndependenceOverrideAction } from "#lib/campaigns/actions.ts";
import { type PersonChoice, PersonSearch } from "./person-search.tsx";
import { ReasonButton } from "./reason-button.tsx";

const look = { size: "xs", variant: "default" } as const;
type OfItem = { campaignId: string; itemId: string };

/** For an item that nobody independent is left for. */
export function OverrideButton({ campaignId, itemId }: OfItem) {
  const [person, setPerson] = useState<PersonChoice | null>(null);
  return (
    <ReasonButton
      {...look}
      title="Let somebody review it who is not independent"
      consequence="A second person has to confirm this, and neither of you may be the one named. The evidence prints why they are not independent, both of your names and the reason. Nobody can be let review their own access."
      action={requestIndependenceOverrideAction}
      read={(reason) => ({ campaignId, itemId, personId: person?.personId ?? "", reason })}
      fields={(errors) => <PersonSearch label="Reviewer" value={person} onChange={setPerson} error={errors.personId} required />}
      onDone={() => toastDone("Asked for: a second person has to confirm it")}
      isDestructive
    >
      Ask to override independence
    </ReasonButton>
  );
}

/** What was signed off never changes: it is decided anew, beside it. */
export function CorrectButton({ campaignId, itemId }: OfItem) {
  return (
    <ReasonButton
      {...look}
      title="Correct this decision"
      consequence="A second person has to confirm this. Then the access is reviewed anew in a campaign of its own, linked to this item; the item itself stays as it was signed."
      action={requestCorrectionAction}
      read={(reason) => ({ campaignId, itemId, reason })}
      onDone={() => toastDone("Asked for: a second person has to confirm it")}
    >
      Ask to correct it
    </ReasonButton>
  );
}
