"use client";

import { NumberInput, TextInput } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { ActionForm } from "#components/ui/action-form.tsx";
import { usePreferences } from "#components/ui/preferences.tsx";
import { toastDone } from "#components/ui/toasts.tsx";
import { saveTemplateAction } from "#lib/campaigns/actions.ts";
import type { TemplateBody } from "#lib/campaigns/template.ts";
import { DEFAULT_INSTRUCTIONS } from "./campaign-words.ts";
import type { PersonChoice } from "./person-search.tsx";
import { RecurrenceFields } from "./recurrence-fields.tsx";
import { blankValues, type FormSetup, ReviewFields, type ReviewValues } from "./review-fields.tsx";
import { withoutGrants } from "./saved-scopes.tsx";
import { ScopePreviewPanel } from "./scope-preview.tsx";
import classes from "./setup-form.module.css";
import { isZone, ZoneField } from "./zone-field.tsx";

type Saved = { templateId: string; body: TemplateBody; fallback: PersonChoice | null };
type TemplateFormProps = { setup: FormSetup; template: Saved | null };

/** What campaigns are made from again and again. Beside it, what one frozen now would come to. */
export function TemplateForm({ setup, template }: TemplateFormProps) {
  const router = useRouter();
  const preferences = usePreferences();
  const body = template?.body;
  const [values, setValues] = useState<ReviewValues>(
    body ? { scope: body.scope, plan: body.plan, fallback: template.fallback, watchDays: body.watchDays } : blankValues(setup),
  );
  const [zone, setZone] = useState(body?.zone ?? preferences.zone);
  const known = isZone(zone) ? zone : "UTC";
  const [recurrence, setRecurrence] = useState(body ? body.recurrence : ({ every: "quarter", on: 1, from: 1, at: "09:00" } as const));
  const [dueDays, setDueDays] = useState<number | string>(body?.dueDays ?? 14);
  const [dueTime, setDueTime] = useState(body?.dueTime ?? "17:00");

  // The browser's zone is known only once the page is alive; a template has one of its own.
  useEffect(() => {
    if (!template) setZone(preferences.zone);
  }, [template, preferences.zone]);

  const back = template ? `/campaigns/templates/${template.templateId}` : "/campaigns/templates";
  return (
    <div className={classes.layout}>
      <div className={classes.form}>
        <ActionForm
          action={saveTemplateAction}
          read={(form) => ({
            templateId: template?.templateId ?? null,
            body: {
              name: String(form.get("name") ?? ""),
              instructions: String(form.get("instructions") ?? ""),
              scope: withoutGrants(values.scope),
              plan: values.plan,
              zone,
              fallbackPersonId: values.fallback?.personId ?? null,
              watchDays: Number(values.watchDays),
              dueDays: Number(dueDays),
              dueTime,
              recurrence,
              ...(body ? { ownerUserId: body.ownerUserId } : {}),
            },
          })}
          submit={template ? "Save a new version" : "Create the template"}
          onCancel={() => router.push(back)}
          onDone={({ templateId, version, isChanged }) => {
            toastDone(isChanged ? `Saved version ${version}` : "Nothing had changed");
            router.push(`/campaigns/templates/${templateId}`);
          }}
        >
          {(errors) => (
            <ReviewFields
              setup={setup}
              values={values}
              onChange={setValues}
              zone={known}
              errors={errors}
              name={{ placeholder: "Quarterly access review", initial: body?.name ?? "" }}
              instructions={body?.instructions ?? DEFAULT_INSTRUCTIONS}
              when={
                <>
                  <RecurrenceFields recurrence={recurrence} onChange={setRecurrence} zone={known} now={setup.now} />
                  <fieldset className={classes.group}>
                    <legend>Due</legend>
                    <div className={classes.due}>
                      <NumberInput
                        label="Days after its start"
                        required
                        min={1}
                        max={180}
                        allowDecimal={false}
                        value={dueDays}
                        onChange={setDueDays}
                        error={errors["body.dueDays"]}
                      />
                      <TextInput
                        type="time"
                        label="Time"
                        required
                        value={dueTime}
                        onChange={(event) => setDueTime(event.currentTarget.value)}
                        error={errors["body.dueTime"]}
                      />
                      <ZoneField zone={zone} onChange={setZone} error={errors["body.zone"]} />
                    </div>
                  </fieldset>
                </>
              }
            />
          )}
        </ActionForm>
      </div>
      <ScopePreviewPanel scope={values.scope} plan={values.plan} fallbackPersonId={values.fallback?.personId ?? null} />
    </div>
  );
}
