"use client";

import { SegmentedControl, TextInput } from "@mantine/core";
import { useRef, useState } from "react";
import { addSourceAction } from "#lib/ingest/actions.ts";
import { type AwsDraft, type AwsWay, awsSettingsOf, EMPTY_AWS } from "./aws-draft.ts";
import { AwsAccountFields } from "./aws-fields.tsx";
import { AwsImport } from "./aws-import.tsx";
import { AwsLiveForm } from "./aws-live-form.tsx";
import { fieldErrors } from "./field-errors.ts";
import classes from "./files.module.css";

const WAYS = [
  { value: "bundle", label: "Upload an export" },
  { value: "live", label: "Ask AWS with a key" },
];

/** AWS accounts as a source, by files or by asking. */
export function AwsSourceForm() {
  const [name, setName] = useState("");
  const [draft, setDraft] = useState<AwsDraft>(EMPTY_AWS);
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const made = useRef<string | null>(null);

  const addBundle = async (): Promise<string> => {
    if (made.current === null) {
      const added = await addSourceAction({ name, kind: "aws", config: awsSettingsOf(draft) });
      if (!added.ok) {
        setErrors(fieldErrors(added.fields ?? {}));
        throw new Error(added.message);
      }
      made.current = added.data.sourceId;
    }
    return made.current;
  };
  return (
    <div className={classes.steps}>
      <div className={classes.narrow}>
        <TextInput
          label="Name of the source"
          description="What people call it: AWS production"
          required
          maxLength={120}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={errors.name}
        />
        <SegmentedControl
          aria-label="How it is read"
          data={WAYS}
          value={draft.way}
          onChange={(way) => setDraft({ ...draft, way: way as AwsWay })}
          style={{ justifySelf: "start", maxWidth: "100%" }}
        />
      </div>
      <AwsAccountFields draft={draft} onChange={setDraft} errors={errors} />
      {draft.way === "bundle" ? (
        <AwsImport sourceId={addBundle} blockers={name.trim() === "" ? ["Name the source."] : []} />
      ) : (
        <AwsLiveForm name={name} draft={draft} onChange={setDraft} />
      )}
    </div>
  );
}
