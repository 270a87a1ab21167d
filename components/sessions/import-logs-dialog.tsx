"use client";

import { Button, FileInput, Modal, NativeSelect } from "@mantine/core";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { countText } from "#components/ui/moment-text.ts";
import { ToneText } from "#components/ui/tone-text.tsx";
import type { ImportOutcome } from "#lib/sessions/types.ts";
import classes from "./sessions.module.css";

type Told = { file: string; outcome: ImportOutcome | null; problem: string | null };

type ImportLogsDialogProps = { sources: readonly { value: string; label: string }[]; onClose: () => void };

/** Log files of a source, one call each, and what became of every record. */
export function ImportLogsDialog({ sources, onClose }: ImportLogsDialogProps) {
  const router = useRouter();
  const [files, setFiles] = useState<File[]>([]);
  const [sourceId, setSourceId] = useState(sources[0]?.value ?? "");
  const [told, setTold] = useState<Told[]>([]);
  const [isBusy, setBusy] = useState(false);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setTold([]);
    for (const file of files) {
      const each = await importOne(sourceId, file);
      setTold((before) => [...before, each]);
    }
    setBusy(false);
    setFiles([]);
    router.refresh();
  };
  return (
    <Modal opened onClose={onClose} title="Import log files" size="lg">
      <form className={classes.form} onSubmit={(event) => void send(event)}>
        <NativeSelect
          label="Source that the log is of"
          data={[...sources]}
          value={sourceId}
          onChange={(event) => setSourceId(event.currentTarget.value)}
        />
        <FileInput
          label="CloudTrail log files"
          description="JSON as AWS delivers it, packed with gzip or not. A file that was imported before adds nothing."
          placeholder="Choose files"
          multiple
          fileInputProps={{ "aria-label": "Log files to import" }}
          value={files}
          onChange={setFiles}
        />
        <Button type="submit" loading={isBusy} disabled={files.length === 0}>
          Import
        </Button>
        <ul className={classes.outcomes} aria-label="What became of the files" aria-live="polite">
          {told.map((each) => (
            <li key={each.file}>{each.outcome ? <Counts outcome={each.outcome} /> : <ToneText tone="danger">{each.problem}</ToneText>}</li>
          ))}
        </ul>
      </form>
    </Modal>
  );
}

const Counts = ({ outcome: { file, read, kept, duplicate, rejected } }: { outcome: ImportOutcome }) => (
  <>
    {file}: {countText(read)} read, {countText(kept)} kept, {countText(duplicate)} duplicate,{" "}
    {rejected > 0 ? <ToneText tone="warning">{countText(rejected)} rejected</ToneText> : "none rejected"}
  </>
);

async function importOne(sourceId: string, file: File): Promise<Told> {
  const lost = { file: file.name, outcome: null, problem: `${file.name}: the server cannot be reached. Nothing of this file was kept.` };
  try {
    const response = await fetch(`/api/v1/sources/${sourceId}/events?${new URLSearchParams({ name: file.name })}`, {
      method: "POST",
      headers: { "content-type": "application/octet-stream" },
      body: file,
    });
    const answer = (await response.json()) as ImportOutcome & { detail?: string };
    if (response.ok) return { file: file.name, outcome: answer, problem: null };
    return { ...lost, problem: answer.detail ?? `${file.name}: the server answered ${response.status}. Nothing of this file was kept.` };
  } catch {
    return lost;
  }
}
