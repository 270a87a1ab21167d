"use client";

import { TextInput } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { ActionForm } from "#components/ui/action-form.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { usePreferences } from "#components/ui/preferences.tsx";
import { toastDone } from "#components/ui/toasts.tsx";
import { changeCampaignAction, createCampaignAction } from "#lib/campaigns/actions.ts";
import { DEFAULT_INSTRUCTIONS } from "./campaign-words.ts";
import { blankValues, type FormSetup, ReviewFields, type ReviewValues } from "./review-fields.tsx";
import { ScopePreviewPanel } from "./scope-preview.tsx";
import classes from "./setup-form.module.css";
import { isZone, ZoneField } from "./zone-field.tsx";
import { daysAhead, instantOf, localTimeOf } from "./zoned.ts";

export type CampaignDraft = { campaignId: string; name: string; instructions: string; dueAt: string; zone: string; values: ReviewValues };

type SetupFormProps = { setup: FormSetup; draft: CampaignDraft | null };

const DUE_DAYS = 14;

/** A campaign before its freeze: what is under review, by when, and who answers where nobody else may. Beside it, what that comes to now. */
export function SetupForm({ setup, draft }: SetupFormProps) {
  const router = useRouter();
  const preferences = usePreferences();
  const [values, setValues] = useState<ReviewValues>(draft?.values ?? blankValues(setup));
  const [zone, setZone] = useState(draft?.zone ?? preferences.zone);
  const known = isZone(zone) ? zone : "UTC";
  const [due, setDue] = useState(draft ? localTimeOf(draft.dueAt, draft.zone) : daysAhead(setup.now, DUE_DAYS, known));
  const dueAt = instantOf(due, known);

  // The browser's zone is known only once the page is alive; a draft has one of its own.
  useEffect(() => {
    if (!draft) setZone(preferences.zone);
  }, [draft, preferences.zone]);

  const read = (form: FormData) => ({
    name: String(form.get("name") ?? ""),
    instructions: String(form.get("instructions") ?? ""),
    scope: values.scope,
    plan: values.plan,
    dueAt: dueAt ?? "",
    zone,
    fallbackPersonId: values.fallback?.personId ?? null,
    watchDays: Number(values.watchDays),
  });
  const fields = (errors: Readonly<Record<string, string>>) => (
    <ReviewFields
      setup={setup}
      values={values}
      onChange={setValues}
      zone={known}
      errors={errors}
      name={{ placeholder: "Q4 access review", initial: draft?.name ?? "" }}
      instructions={draft?.instructions ?? DEFAULT_INSTRUCTIONS}
      when={
        <fieldset className={classes.group}>
          <legend>Due</legend>
          <div className={classes.due}>
            <TextInput
              type="date"
              label="Date"
              required
              value={due.date}
              onChange={(event) => setDue({ ...due, date: event.currentTarget.value })}
              error={errors.dueAt}
            />
            <TextInput
              type="time"
              label="Time"
              required
              value={due.time}
              onChange={(event) => setDue({ ...due, time: event.currentTarget.value })}
            />
            <ZoneField zone={zone} onChange={setZone} error={errors.zone} />
          </div>
          <p className={classes.hint}>{dueAt ? <Moment at={dueAt} zone={known} /> : "Choose a day and a time."}</p>
        </fieldset>
      }
    />
  );

  return (
    <div className={classes.layout}>
      <div className={classes.form}>
        {draft ? (
          <ActionForm
            action={changeCampaignAction}
            read={(form) => ({ campaignId: draft.campaignId, ...read(form) })}
            submit="Save the draft"
            onCancel={() => router.push(`/campaigns/${draft.campaignId}`)}
            onDone={() => {
              toastDone("Saved the draft");
              router.push(`/campaigns/${draft.campaignId}`);
            }}
          >
            {fields}
          </ActionForm>
        ) : (
          <ActionForm
            action={createCampaignAction}
            read={read}
            submit="Create the draft"
            onCancel={() => router.push("/campaigns")}
            onDone={({ campaignId }) => router.push(`/campaigns/${campaignId}`)}
          >
            {fields}
          </ActionForm>
        )}
      </div>
      <ScopePreviewPanel scope={values.scope} plan={values.plan} fallbackPersonId={values.fallback?.personId ?? null} />
    </div>
  );
}
