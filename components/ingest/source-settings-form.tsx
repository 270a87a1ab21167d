"use client";

import { Button, Checkbox, NumberInput, TextInput } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { awsDraftOf, awsSettingsOf, EMPTY_AWS } from "#components/connectors/aws-draft.ts";
import { AwsAccountFields, AwsLiveFields, NO_AWS_SECRET } from "#components/connectors/aws-fields.tsx";
import { fieldErrors } from "#components/connectors/field-errors.ts";
import files from "#components/connectors/files.module.css";
import { draftOf, EMPTY_POSTGRES, settingsOf } from "#components/connectors/postgres-draft.ts";
import { PostgresFields } from "#components/connectors/postgres-fields.tsx";
import { toastDone } from "#components/ui/toasts.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import { useAction } from "#components/ui/use-action.tsx";
import type { AwsSettings } from "#lib/connectors/aws/schema.ts";
import type { PostgresSettings } from "#lib/connectors/postgres/schema.ts";
import { changeSourceAction } from "#lib/ingest/actions.ts";

type SourceSettingsFormProps = {
  source: { id: string; name: string; dropThreshold: number; isPeopleSource: boolean; hasSecret: boolean };
  /** Both null: a source of files, whose mapping is changed where files are imported. */
  postgres: PostgresSettings | null;
  aws: AwsSettings | null;
};

export function SourceSettingsForm({ source, postgres, aws }: SourceSettingsFormProps) {
  const router = useRouter();
  const [name, setName] = useState(source.name);
  const [threshold, setThreshold] = useState<string | number>(source.dropThreshold);
  const [isPeople, setPeople] = useState(source.isPeopleSource);
  const [draft, setDraft] = useState(postgres ? draftOf(postgres) : EMPTY_POSTGRES);
  const [password, setPassword] = useState("");
  const [awsDraft, setAwsDraft] = useState(aws ? awsDraftOf(aws) : EMPTY_AWS);
  const [awsSecret, setAwsSecret] = useState(NO_AWS_SECRET);
  const { run, isRunning, failure, fields, stepUp } = useAction(changeSourceAction, {
    onDone: () => {
      toastDone(`The settings of ${name} are saved.`);
      router.push(`/sources/${source.id}`);
    },
    onFailed: () => undefined,
  });
  const errors = fieldErrors(fields);
  return (
    <form
      className={files.steps}
      onSubmit={(event) => {
        event.preventDefault();
        run({
          sourceId: source.id,
          name,
          dropThreshold: Number(threshold),
          isPeopleSource: isPeople,
          ...(postgres ? { config: settingsOf(draft, postgres) } : {}),
          ...(postgres && password !== "" ? { secret: { password } } : {}),
          ...(aws ? { config: awsSettingsOf(awsDraft, aws) } : {}),
          ...(aws?.way === "live" && awsSecret.secretAccessKey !== "" ? { secret: awsSecret } : {}),
        });
      }}
    >
      <div className={files.narrow}>
        <TextInput
          label="Name"
          required
          maxLength={120}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={errors.name}
        />
        <NumberInput
          label="Hold a run when a stream loses more than"
          description="Of its records since the last applied run. A lower number is more careful."
          suffix=" %"
          min={0}
          max={100}
          allowDecimal={false}
          value={threshold}
          onChange={setThreshold}
          error={errors.dropThreshold}
        />
        <Checkbox
          label="This is a source of people"
          description="It may create people and say who their manager is. Identities of every other source are matched to them."
          checked={isPeople}
          onChange={(event) => setPeople(event.currentTarget.checked)}
        />
      </div>
      {postgres && (
        <PostgresFields
          draft={draft}
          onChange={setDraft}
          errors={errors}
          password={password}
          onPassword={setPassword}
          hasSecret={source.hasSecret}
        />
      )}
      {aws && <AwsAccountFields draft={awsDraft} onChange={setAwsDraft} errors={errors} />}
      {aws?.way === "live" && (
        <AwsLiveFields
          draft={awsDraft}
          onChange={setAwsDraft}
          errors={errors}
          secret={awsSecret}
          onSecret={setAwsSecret}
          hasSecret={source.hasSecret}
        />
      )}
      {failure && (
        <div role="alert">
          <ToneText tone="danger">{failure.message}</ToneText>
        </div>
      )}
      <div className={files.row}>
        <Button type="submit" loading={isRunning}>
          Save the settings
        </Button>
        <Button variant="default" onClick={() => router.push(`/sources/${source.id}`)}>
          Cancel
        </Button>
      </div>
      {stepUp}
    </form>
  );
}
