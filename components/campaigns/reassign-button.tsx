"use client";

import { useState } from "react";
import { counted } from "#components/ui/moment-text.ts";
import { toastDone } from "#components/ui/toasts.tsx";
import { reassignItemsAction } from "#lib/campaigns/actions.ts";
import { type PersonChoice, PersonSearch } from "./person-search.tsx";
import { ReasonButton } from "./reason-button.tsx";

/** Gives items to another reviewer. Whoever may not review one of them is refused, by name. */
export function ReassignButton({ campaignId, itemIds }: { campaignId: string; itemIds: readonly string[] }) {
  const [person, setPerson] = useState<PersonChoice | null>(null);
  const what = itemIds.length === 1 ? "this item" : counted(itemIds.length, "item");
  return (
    <ReasonButton
      size="xs"
      variant="default"
      title={`Reassign ${what}`}
      consequence="An answer that was not handed in is dropped. Due dates stay. Nobody may review their own access, and nobody gets an item back that they held before."
      action={reassignItemsAction}
      read={(reason) => ({ campaignId, itemIds: [...itemIds], toPersonId: person?.personId ?? "", reason })}
      fields={(errors) => <PersonSearch label="New reviewer" value={person} onChange={setPerson} error={errors.toPersonId} required />}
      onDone={({ items }) => toastDone(`${person?.name ?? "The new reviewer"} has ${counted(items, "item")}`)}
    >
      {`Reassign ${what}`}
    </ReasonButton>
  );
}
