"use client";

import { TextInput } from "@mantine/core";
import { useState } from "react";
import { Moment } from "#components/ui/moment.tsx";
import { counted } from "#components/ui/moment-text.ts";
import { usePreferences } from "#components/ui/preferences.tsx";
import { toastDone } from "#components/ui/toasts.tsx";
import { requestExtensionAction, startChildCampaignAction } from "#lib/campaigns/actions.ts";
import { ReasonButton } from "./reason-button.tsx";
import classes from "./setup-form.module.css";
import { instantOf, localTimeOf } from "./zoned.ts";

const DAY_MS = 86_400_000;
type Due = { date: string; time: string };

function DueFields({ due, zone, onChange, error }: { due: Due; zone: string; onChange: (due: Due) => void; error: string | undefined }) {
  const at = instantOf(due, zone);
  return (
    <div>
      <div className={classes.due}>
        <TextInput
          type="date"
          label="Due date"
          required
          value={due.date}
          onChange={(event) => onChange({ ...due, date: event.currentTarget.value })}
          error={error}
        />
        <TextInput
          type="time"
          label="Time"
          required
          value={due.time}
          onChange={(event) => onChange({ ...due, time: event.currentTarget.value })}
        />
      </div>
      <p className={classes.hint}>{at ? <Moment at={at} zone={zone} /> : "Choose a day and a time."}</p>
    </div>
  );
}

const later = (iso: string, days: number, zone: string): Due =>
  localTimeOf(new Date(new Date(iso).getTime() + days * DAY_MS).toISOString(), zone);

/** Asks for a later due date; somebody else confirms it. */
export function ExtendButton({ campaignId, dueAt, zone }: { campaignId: string; dueAt: string; zone: string }) {
  const [due, setDue] = useState(() => later(dueAt, 7, zone));
  return (
    <ReasonButton
      variant="default"
      size="xs"
      title="Extend the due date"
      consequence="A second person has to confirm this. Every due date moves by as much; the evidence prints both of your names and the reason."
      action={requestExtensionAction}
      read={(reason) => ({ campaignId, dueAt: instantOf(due, zone) ?? "", reason })}
      fields={(errors) => <DueFields due={due} zone={zone} onChange={setDue} error={errors.dueAt} />}
      onDone={() => toastDone("Asked for: a second person has to confirm it")}
    >
      Ask to extend it
    </ReasonButton>
  );
}

/** Asks once more what was left undecided, or could not be removed. */
export function ChildButton({ campaignId, zone }: { campaignId: string; zone: string }) {
  const { now } = usePreferences();
  const [due, setDue] = useState(() => later(now, 14, zone));
  return (
    <ReasonButton
      variant="default"
      size="xs"
      title="Review the rest"
      consequence="A new campaign over what nobody decided here, or what could not be made true, as far as the access is still there. This one does not change."
      action={startChildCampaignAction}
      read={() => ({ campaignId, dueAt: instantOf(due, zone) ?? "" })}
      fields={(errors) => <DueFields due={due} zone={zone} onChange={setDue} error={errors.dueAt} />}
      label={null}
      onDone={({ items }) => toastDone(`Started a campaign over ${counted(items.length, "item")}`)}
    >
      Review the rest
    </ReasonButton>
  );
}
