"use client";

import { Autocomplete, NumberInput, Textarea, TextInput } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { ActionForm } from "#components/ui/action-form.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { usePreferences } from "#components/ui/preferences.tsx";
import { toastDone } from "#components/ui/toasts.tsx";
import { changeCampaignAction, createCampaignAction } from "#lib/campaigns/actions.ts";
import type { CampaignScopeInput } from "#lib/campaigns/schema.ts";
import { DEFAULT_INSTRUCTIONS } from "./campaign-words.ts";
import { type PersonChoice, PersonSearch } from "./person-search.tsx";
import { ScopeFields, type ScopeSource } from "./scope-fields.tsx";
import { ScopePreviewPanel } from "./scope-preview.tsx";
import classes from "./setup-form.module.css";
import { daysAhead, instantOf, localTimeOf, zones } from "./zoned.ts";

export type CampaignDraft = {
  campaignId: string;
  name: string;
  instructions: string;
  scope: CampaignScopeInput;
  dueAt: string;
  zone: string;
  fallback: PersonChoice | null;
  watchDays: number;
};

type SetupFormProps = { sources: ScopeSource[]; now: string; draft: CampaignDraft | null };

const DUE_DAYS = 14;
const WATCH_DAYS = 30;
const isZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }) !== null;
  } catch {
    return false;
  }
};

/** A campaign before its freeze: what is under review, by when, and who answers where nobody else may. Beside it, what that comes to now. */
export function SetupForm({ sources, now, draft }: SetupFormProps) {
  const router = useRouter();
  const preferences = usePreferences();
  const [scope, setScope] = useState<CampaignScopeInput>(
    draft?.scope ?? {
      sourceIds: sources.length === 1 ? sources.map(({ id }) => id) : [],
      identityClasses: [],
      environments: [],
      privilegedOnly: false,
    },
  );
  const [zone, setZone] = useState(draft?.zone ?? preferences.zone);
  const known = isZone(zone) ? zone : "UTC";
  const [due, setDue] = useState(draft ? localTimeOf(draft.dueAt, draft.zone) : daysAhead(now, DUE_DAYS, known));
  const [fallback, setFallback] = useState<PersonChoice | null>(draft?.fallback ?? null);
  const [watchDays, setWatchDays] = useState<number | string>(draft?.watchDays ?? WATCH_DAYS);
  const dueAt = instantOf(due, known);

  // The browser's zone is known only once the page is alive; a draft has one of its own.
  useEffect(() => {
    if (!draft) setZone(preferences.zone);
  }, [draft, preferences.zone]);

  const read = (form: FormData) => ({
    name: String(form.get("name") ?? ""),
    instructions: String(form.get("instructions") ?? ""),
    scope,
    dueAt: dueAt ?? "",
    zone,
    fallbackPersonId: fallback?.personId ?? null,
    watchDays: Number(watchDays),
  });
  const fields = (errors: Readonly<Record<string, string>>) => (
    <>
      <TextInput
        name="name"
        label="Name"
        required
        maxLength={200}
        placeholder="Q4 access review"
        defaultValue={draft?.name ?? ""}
        error={errors.name}
      />
      <ScopeFields sources={sources} scope={scope} onChange={setScope} error={errors["scope.sourceIds"]} />
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
          <Autocomplete
            label="Time zone"
            required
            data={zones()}
            limit={30}
            value={zone}
            onChange={setZone}
            error={errors.zone ?? (isZone(zone) ? undefined : "Not a time zone like Europe/Vienna or UTC.")}
          />
        </div>
        <p className={classes.hint}>{dueAt ? <Moment at={dueAt} zone={known} /> : "Choose a day and a time."}</p>
      </fieldset>
      <PersonSearch
        label="Fallback reviewer"
        description="Answers what nobody in the chain may: manager, owner of the resource, owner of the identity, then this person."
        value={fallback}
        onChange={setFallback}
        error={errors.fallbackPersonId}
      />
      <NumberInput
        label="Watch after removal, in days"
        description="Access that grows back within these days becomes a new item at once."
        required
        min={0}
        max={365}
        allowDecimal={false}
        value={watchDays}
        onChange={setWatchDays}
        error={errors.watchDays}
        className={classes.short ?? ""}
      />
      <Textarea
        name="instructions"
        label="Instructions to reviewers"
        description="They read this before they hand in, and their submission names the version that they read."
        required
        autosize
        minRows={8}
        maxRows={20}
        defaultValue={draft?.instructions ?? DEFAULT_INSTRUCTIONS}
        error={errors.instructions}
      />
    </>
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
      <ScopePreviewPanel scope={scope} fallbackPersonId={fallback?.personId ?? null} />
    </div>
  );
}
