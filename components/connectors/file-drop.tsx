"use client";

import { ActionIcon, Button, FileButton, Progress } from "@mantine/core";
import { IconFileUpload, IconX } from "@tabler/icons-react";
import { type DragEvent, type ReactNode, useRef, useState } from "react";
import { RawId } from "#components/ui/raw-id.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import { bytesText } from "./bytes-text.ts";
import classes from "./files.module.css";
import type { ChosenFile, ChosenFiles } from "./use-chosen-files.ts";

const ACCEPTED = ".csv,.tsv,.txt,.jsonl,.ndjson,.json,.gz,text/csv,application/gzip,application/x-ndjson";

type FileDropProps = Pick<ChosenFiles, "files" | "add" | "remove"> & {
  isSending: boolean;
  /** What may be dropped, where it is not tables. */
  hint?: string;
  /** What else is to be said of a file, beside its name. */
  more?: (file: ChosenFile) => ReactNode;
};

/** Where files are dropped or chosen, and how far each of them is. */
export function FileDrop({ files, add, remove, isSending, hint, more }: FileDropProps) {
  const [isOver, setOver] = useState(false);
  const reset = useRef<() => void>(null);
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    if (!isSending) add([...event.dataTransfer.files]);
  };
  return (
    <div className={classes.stack}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is the mouse's way; the button inside is everybody's */}
      <div
        className={classes.drop}
        data-over={isOver || undefined}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={onDrop}
      >
        <IconFileUpload size={24} stroke={1.5} aria-hidden />
        <FileButton
          multiple
          accept={ACCEPTED}
          resetRef={reset}
          disabled={isSending}
          onChange={(chosen) => {
            add(chosen);
            reset.current?.();
          }}
          inputProps={{ "aria-label": "Files to import" }}
        >
          {(props) => (
            <Button {...props} variant="default" disabled={isSending}>
              Choose files
            </Button>
          )}
        </FileButton>
        <p>{hint ?? "or drop them here: CSV or JSON Lines in UTF-8, gzip or not, several at once."}</p>
      </div>
      {files.length > 0 && (
        <ul className={classes.uploads} aria-label="Files">
          {files.map((chosen) => (
            <li key={chosen.key} className={classes.upload}>
              <div className={classes.uploadWords}>
                <strong className={classes.fileName}>{chosen.file.name}</strong>
                <span className={`${classes.dimmed} numbers`}>{bytesText(chosen.file.size)}</span>
                <FileState chosen={chosen} />
                {more?.(chosen)}
              </div>
              <ActionIcon aria-label={`Remove ${chosen.file.name}`} disabled={isSending} onClick={() => remove(chosen.key)}>
                <IconX size={16} aria-hidden />
              </ActionIcon>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function FileState({ chosen: { state, share, sha256, message, file } }: { chosen: ChosenFile }) {
  if (state === "failed") return <ToneText tone="warning">{message}</ToneText>;
  if (state === "ready" || state === "stored") {
    return (
      <span className={classes.digest}>
        {state === "stored" && "stored, "}SHA-256 <RawId value={sha256 ?? ""} label={`SHA-256 of ${file.name}`} short />
      </span>
    );
  }
  const what = state === "reading" ? "Reading" : "Sending";
  return (
    <span className={classes.progress}>
      <span>{what}</span>
      <Progress value={share * 100} size="sm" aria-label={`${what} ${file.name}`} className={classes.bar} />
    </span>
  );
}
