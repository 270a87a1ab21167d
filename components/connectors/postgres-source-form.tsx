"use client";

import { Button, TextInput } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { ScheduleFields } from "#components/ingest/schedule-fields.tsx";
import { BY_HAND, cronOf, type ScheduleDraft } from "#components/ingest/schedule-words.ts";
import { usePreferences } from "#components/ui/preferences.tsx";
import { Reasons } from "#components/ui/reasons.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import { useAction } from "#components/ui/use-action.tsx";
import { addSourceAction, startSyncAction, tryPostgresAction } from "#lib/ingest/actions.ts";
import type { PostgresTrial } from "#lib/ingest/commands/try-postgres.ts";
import { fieldErrors } from "./field-errors.ts";
import classes from "./files.module.css";
import { EMPTY_POSTGRES, settingsOf } from "./postgres-draft.ts";
import { PostgresFields } from "./postgres-fields.tsx";
import { ScopesTable } from "./scopes-table.tsx";

/** A PostgreSQL server as a source: where it is, who reads, what belongs to it; tried before it is saved. */
export function PostgresSourceForm() {
  const { zone: usual } = usePreferences();
  const router = useRouter();
  const [name, setName] = useState("");
  const [draft, setDraft] = useState(EMPTY_POSTGRES);
  const [password, setPassword] = useState("");
  const [schedule, setSchedule] = useState<ScheduleDraft>({ ...BY_HAND, every: "day" });
  const [chosenZone, setZone] = useState<string | null>(null);
  const zone = chosenZone ?? usual;
  const [isLeaving, setLeaving] = useState(false);
  const [trial, setTrial] = useState<{ of: string; result: PostgresTrial } | null>(null);
  const trying = useAction(tryPostgresAction, { onDone: (result) => setTrial({ of: asText, result }), onFailed: () => setTrial(null) });
  const adding = useAction(addSourceAction, { onDone: ({ sourceId }) => void startFirst(sourceId), onFailed: () => undefined });

  const config = settingsOf(draft);
  const asText = JSON.stringify([config, password]);
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
        adding.run({ name, kind: "postgres", config, secret: { password }, schedule: cronOf(schedule), scheduleZone: zone });
      }}
    >
      <div className={classes.narrow}>
        <TextInput
          label="Name of the source"
          description="What people call it: Payments database"
          required
          maxLength={120}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={errors.name}
        />
      </div>
      <PostgresFields draft={draft} onChange={setDraft} errors={errors} password={password} onPassword={setPassword} />
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
          <Button variant="default" loading={trying.isRunning} onClick={() => trying.run({ config, secret: { password } })}>
            Test the connection
          </Button>
          <span className={classes.help}>Asks the server what it would tell. Nothing is saved or imported.</span>
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
        {current && !current.ok && (
          <span className={classes.help}>It can be added like this; runs are held or fail until the reader may read what is needed.</span>
        )}
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

export function TrialResult({ trial }: { trial: PostgresTrial }) {
  const missing = trial.scopes.filter(({ isHeld }) => !isHeld);
  return (
    <>
      {trial.problem ? (
        <ToneText tone="danger">{trial.problem}</ToneText>
      ) : (
        <p>
          {trial.ok ? (
            <ToneText tone="verified">Everything that is needed can be read</ToneText>
          ) : (
            <ToneText tone="warning">It answers, and something needed is missing</ToneText>
          )}{" "}
          {trial.product}, read as {trial.account}.{" "}
          {missing.length === 0 ? "Every scope is held." : `${missing.length} of ${trial.scopes.length} scopes are missing.`}
        </p>
      )}
      {trial.notes.length > 0 && <Reasons label="To know" reasons={trial.notes.map((text) => ({ text }))} />}
      {trial.scopes.length > 0 && <ScopesTable scopes={trial.scopes} caption="Scopes of the reader" />}
    </>
  );
}
