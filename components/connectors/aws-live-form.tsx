"use client";

import { Button } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { ScheduleFields } from "#components/ingest/schedule-fields.tsx";
import { BY_HAND, cronOf, type ScheduleDraft } from "#components/ingest/schedule-words.ts";
import { usePreferences } from "#components/ui/preferences.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import { useAction } from "#components/ui/use-action.tsx";
import { addSourceAction, startSyncAction, tryAwsAction } from "#lib/ingest/actions.ts";
import type { AwsTrial } from "#lib/ingest/commands/try-aws.ts";
import { type AwsDraft, awsSettingsOf } from "./aws-draft.ts";
import { AwsLiveFields, NO_AWS_SECRET } from "./aws-fields.tsx";
import { fieldErrors } from "./field-errors.ts";
import classes from "./files.module.css";
import { TrialResult } from "./postgres-source-form.tsx";

type AwsLiveFormProps = {
  name: string;
  draft: AwsDraft;
  onChange: (draft: AwsDraft) => void;
};

/** AWS asked with a key: who reads, where, when; tried before it is saved. */
export function AwsLiveForm({ name, draft, onChange }: AwsLiveFormProps) {
  const { zone: usual } = usePreferences();
  const router = useRouter();
  const [secret, setSecret] = useState(NO_AWS_SECRET);
  const [schedule, setSchedule] = useState<ScheduleDraft>({ ...BY_HAND, every: "day" });
  const [chosenZone, setZone] = useState<string | null>(null);
  const zone = chosenZone ?? usual;
  const [isLeaving, setLeaving] = useState(false);
  const [trial, setTrial] = useState<{ of: string; result: AwsTrial } | null>(null);
  const config = awsSettingsOf(draft);
  const asText = JSON.stringify([config, secret]);
  const trying = useAction(tryAwsAction, { onDone: (result) => setTrial({ of: asText, result }), onFailed: () => setTrial(null) });
  const adding = useAction(addSourceAction, { onDone: ({ sourceId }) => void startFirst(sourceId), onFailed: () => undefined });
  const errors = fieldErrors({ ...trying.fields, ...adding.fields });
  const current = trial?.of === asText ? trial.result : null;

  const startFirst = async (sourceId: string) => {
    setLeaving(true);
    const started = await startSyncAction({ sourceId, trigger: "by_hand" });
    router.push(started.ok ? `/sources/${sourceId}/runs/${started.data.runId}` : `/sources/${sourceId}`);
  };
  return (
    <form
      className={classes.steps}
      onSubmit={(event) => {
        event.preventDefault();
        adding.run({ name, kind: "aws", config, secret, schedule: cronOf(schedule), scheduleZone: zone });
      }}
    >
      <AwsLiveFields draft={draft} onChange={onChange} errors={errors} secret={secret} onSecret={setSecret} />
      <fieldset className={classes.fieldset}>
        <legend className={classes.legend}>When it is read</legend>
        <ScheduleFields
          draft={schedule}
          zone={zone}
          error={errors.schedule}
          onChange={(next, nextZone) => {
            setSchedule(next);
            setZone(nextZone);
          }}
        />
      </fieldset>
      <fieldset className={`${classes.fieldset} ${classes.wide}`}>
        <legend className={classes.legend}>Can it be read?</legend>
        <div className={classes.row}>
          <Button variant="default" loading={trying.isRunning} onClick={() => trying.run({ config, secret })}>
            Test the connection
          </Button>
          <span className={classes.help}>Asks AWS what it would tell. Nothing is saved or imported.</span>
        </div>
        <div aria-live="polite" className={classes.stack}>
          {trial && !current && <ToneText tone="unknown">The settings have changed since the test.</ToneText>}
          {current && <TrialResult trial={current} />}
          {trying.failure && <ToneText tone="warning">{trying.failure.message}</ToneText>}
        </div>
      </fieldset>
      <div className={classes.row}>
        <Button type="submit" loading={adding.isRunning || isLeaving}>
          Add the source and sync it
        </Button>
      </div>
      {adding.failure && (
        <div role="alert">
          <ToneText tone="danger">{adding.failure.message}</ToneText>
        </div>
      )}
      {adding.stepUp}
    </form>
  );
}
