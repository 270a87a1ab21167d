"use client";

import { Button, NativeSelect } from "@mantine/core";
import { useEffect, useState } from "react";
import { countText } from "#components/ui/moment-text.ts";
import { ToneText } from "#components/ui/tone-text.tsx";
import type { FileFormat, FileMapping } from "#lib/connectors/files/mapping.ts";
import type { FilePreview } from "#lib/connectors/files/preview.ts";
import { FilePanel } from "./file-panel.tsx";
import classes from "./files.module.css";
import type { PlannedFile } from "./import-plan.ts";
import { nounOf } from "./stream-words.ts";
import type { ChosenFile } from "./use-chosen-files.ts";
import { useFilePreview } from "./use-file-preview.ts";

type ChosenFilePanelProps = {
  chosen: ChosenFile;
  sourceId: string | null;
  /** Names of the files of the saved mapping. */
  saved: readonly FileMapping[];
  onPlan: (plan: PlannedFile) => void;
};

/** One chosen file: recognised by the saved mapping it is one line, otherwise its mapping is laid open to be looked at. */
export function ChosenFilePanel({ chosen, sourceId, saved, onPlan }: ChosenFilePanelProps) {
  const { key, file } = chosen;
  const [edited, setEdited] = useState<FileMapping | null>(null);
  const [format, setFormat] = useState<FileFormat | null>(null);
  const [isOpen, setOpen] = useState(false);
  const [said, setSaid] = useState<string | null>(null);
  const { answer, failure, isStale } = useFilePreview(key, file, sourceId, edited, format);
  const preview = answer?.preview;
  const mappedAs = said ?? (answer?.mappedAs && format === null ? answer.mappedAs : null);
  const proposed = preview ? (format ? { ...preview.mapping, format } : preview.mapping) : null;
  const mapping = edited ?? proposed;
  const isRecognised = mappedAs !== null && edited === null && format === null;

  useEffect(() => {
    onPlan({
      key,
      name: file.name,
      mapping: isStale ? null : mapping,
      mappedAs,
      isChanged: !isRecognised,
      preview: isStale ? null : (preview ?? null),
      isReadable: chosen.state !== "failed" || chosen.sha256 !== null,
    });
  }, [onPlan, key, file.name, mapping, mappedAs, isRecognised, preview, isStale, chosen.state, chosen.sha256]);

  if (isRecognised && preview && !isOpen) {
    const problems = preview.problems.length;
    return (
      <section className={classes.known} aria-label={file.name}>
        <div>
          <strong>{file.name}</strong> is read as <strong>{mappedAs}</strong>: {yieldText(preview)}.{" "}
          {problems > 0 && <ToneText tone="warning">{problems === 1 ? "One problem" : `${problems} problems`} in the rows read.</ToneText>}
        </div>
        <Button size="compact-sm" variant="default" onClick={() => setOpen(true)}>
          Look at the mapping
        </Button>
      </section>
    );
  }
  return (
    <>
      {sourceId !== null && saved.length > 0 && answer && answer.mappedAs === null && (
        <NativeSelect
          label={`What ${file.name} is`}
          description="No file of the saved mapping fits it."
          value={said ?? ""}
          onChange={(event) => {
            const name = event.currentTarget.value || null;
            const known = saved.find((each) => each.name === name);
            setSaid(name);
            setEdited(known ? { ...known, columns: preview?.columns.map((column) => column.name) ?? known.columns } : null);
          }}
          data={[
            { value: "", label: "another file, mapped for the first time" },
            ...saved.map(({ name }) => ({ value: name, label: `a newer ${name}` })),
          ]}
        />
      )}
      <FilePanel
        name={file.name}
        preview={preview}
        mapping={mapping}
        failure={failure}
        isStale={isStale}
        onMapping={setEdited}
        onFormat={(next) => {
          setEdited(null);
          setFormat(next);
        }}
      />
    </>
  );
}

function yieldText({ targets, isWhole, rowsRead }: FilePreview): string {
  const made = targets.map(({ stream, made }) => `${countText(made)} ${nounOf(stream, made)}`).join(", ");
  return `${made} from ${isWhole ? "all" : "the first"} ${countText(rowsRead)} rows`;
}
