"use client";

import { Button, Checkbox, TextInput } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useCallback, useMemo, useRef, useState } from "react";
import { Section } from "#components/ui/page-header.tsx";
import { Reasons } from "#components/ui/reasons.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import type { FileMapping } from "#lib/connectors/files/mapping.ts";
import { addSourceAction, changeSourceAction, startSyncAction } from "#lib/ingest/actions.ts";
import { AttestationFields, attestationOf, exportedAtOf, NO_ATTESTATION } from "./attestation-fields.tsx";
import { ChosenFilePanel } from "./chosen-file-panel.tsx";
import { FileDrop } from "./file-drop.tsx";
import classes from "./files.module.css";
import { filesKept, importBlockers, mappingToSave, needsSaving, type PlannedFile, tellsPeople } from "./import-plan.ts";
import { type ChosenFile, useChosenFiles } from "./use-chosen-files.ts";

type FileImportProps = {
  /** null: a source that is added by this import. */
  source: { id: string; saved: readonly FileMapping[]; isPeopleSource: boolean } | null;
};

const NOTHING: readonly FileMapping[] = [];

/** Choose files, look at what would come out, import. Until then nothing is sent but the beginnings of the files, and nothing is kept. */
export function FileImport({ source }: FileImportProps) {
  const router = useRouter();
  const { files, add, remove, sendAll } = useChosenFiles();
  const [plans, setPlans] = useState<ReadonlyMap<string, PlannedFile>>(new Map());
  const [name, setName] = useState("");
  const [isPeople, setPeople] = useState<boolean | null>(null);
  const [attestation, setAttestation] = useState(NO_ATTESTATION);
  const [step, setStep] = useState<"idle" | "saving" | "sending" | "starting">("idle");
  const [failure, setFailure] = useState<string | null>(null);
  const madeId = useRef<string | null>(source?.id ?? null);
  const saved = source?.saved ?? NOTHING;

  const onPlan = useCallback((plan: PlannedFile) => setPlans((before) => new Map(before).set(plan.key, plan)), []);
  const planned = useMemo(() => files.flatMap(({ key }) => plans.get(key) ?? []), [files, plans]);
  const mapping = useMemo(() => mappingToSave(saved, planned), [saved, planned]);
  const told = attestationOf(attestation);
  const exportedAt = exportedAtOf(attestation);
  const peopleSource = isPeople ?? (source?.isPeopleSource || tellsPeople(mapping));
  const blockers = [
    ...(source === null && name.trim() === "" ? ["Name the source."] : []),
    ...importBlockers(planned),
    ...(planned.length < files.length ? ["A file is still being looked at."] : []),
    ...(told.kind === "half" ? ["Say all four things about how the files were made, or none."] : []),
    ...(exportedAt !== null && exportedAt > new Date().toISOString() ? ["Files cannot have been exported in the future."] : []),
  ];
  const isBusy = step !== "idle";

  const save = async (): Promise<string> => {
    if (madeId.current === null) {
      const added = await addSourceAction({ name, kind: "files", config: { mapping }, isPeopleSource: peopleSource });
      if (!added.ok) throw new Error(sentenceOf(added));
      madeId.current = added.data.sourceId;
    } else if (source === null || needsSaving(planned) || peopleSource !== source.isPeopleSource) {
      const changed = await changeSourceAction({ sourceId: madeId.current, config: { mapping }, isPeopleSource: peopleSource });
      if (!changed.ok) throw new Error(sentenceOf(changed));
    }
    return madeId.current;
  };

  const run = async () => {
    setFailure(null);
    try {
      setStep("saving");
      const sourceId = await save();
      setStep("sending");
      const placeOf = ({ key, file }: ChosenFile) => plans.get(key)?.mappedAs ?? file.name;
      const isSent = await sendAll(sourceId, (chosen) => ({
        mappedAs: placeOf(chosen),
        isPiece: files.findIndex((other) => placeOf(other) === placeOf(chosen)) < files.findIndex(({ key }) => key === chosen.key),
        ...(exportedAt ? { exportedAt } : {}),
        ...(told.kind === "whole" ? { attestation: told.attestation } : {}),
      }));
      if (!isSent) throw new Error("Not every file arrived, so nothing was imported. See above what happened, and import again.");
      setStep("starting");
      const started = await startSyncAction({ sourceId, trigger: "upload" });
      if (!started.ok) throw new Error(sentenceOf(started));
      router.push(`/sources/${sourceId}/runs/${started.data.runId}`);
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
      setStep("idle");
    }
  };

  const kept = source && planned.length > 0 ? filesKept(saved, planned) : [];
  return (
    <div className={classes.steps}>
      {source === null && (
        <div className={classes.narrow}>
          <TextInput
            label="Name of the source"
            description="What people call it: HR system, Payroll directory"
            required
            maxLength={120}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        </div>
      )}
      <div className={classes.stack}>
        <FileDrop files={files} add={add} remove={remove} isSending={isBusy} />
        <AttestationFields draft={attestation} onChange={setAttestation} />
      </div>
      {files.length > 0 && (
        <Section title="What would be imported">
          <div className={classes.stack}>
            {files.map((chosen) => (
              <ChosenFilePanel key={chosen.key} chosen={chosen} sourceId={source?.id ?? null} saved={saved} onPlan={onPlan} />
            ))}
            {kept.length > 0 && (
              <p className={classes.help}>
                Nothing newer was chosen for {kept.join(", ")}: what was uploaded last for {kept.length === 1 ? "it" : "them"} is read
                again.
              </p>
            )}
          </div>
        </Section>
      )}
      {files.length > 0 && (
        <div className={classes.narrow}>
          {(source === null || needsSaving(planned)) && (
            <Checkbox
              label="This is a source of people"
              description="It may create people and say who their manager is. Identities of every other source are matched to them."
              checked={peopleSource}
              onChange={(event) => setPeople(event.currentTarget.checked)}
            />
          )}
          {blockers.length > 0 && !isBusy && <Reasons label="Before the import" reasons={blockers.map((text) => ({ text }))} />}
          {failure && (
            <div role="alert">
              <ToneText tone="danger">{failure}</ToneText>
            </div>
          )}
          <div className={classes.row}>
            <Button onClick={() => void run()} disabled={blockers.length > 0} loading={isBusy}>
              {files.length === 1 ? "Import 1 file" : `Import ${files.length} files`}
            </Button>
            <span className={classes.help} aria-live="polite">
              {STEPS[step]}
            </span>
          </div>
        </div>
      )}
    </div>
  );
}

const STEPS = {
  idle: "The run is held, and nothing changes, if the files look unlike the last ones.",
  saving: "Saving the mapping…",
  sending: "Sending the files…",
  starting: "Starting the sync…",
} as const;

const sentenceOf = ({ message, fields }: { message: string; fields?: Record<string, string> | undefined }): string =>
  [message, ...Object.entries(fields ?? {}).map(([name, sentence]) => `${name}: ${sentence}`)].join(" ");
