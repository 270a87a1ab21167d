"use client";

import { useEffect, useState } from "react";
import { type AwsFile, awsFileOf, placeOf } from "#lib/connectors/aws/export-kind.ts";
import { AttestationFields, attestationOf, exportedAtOf, NO_ATTESTATION } from "./attestation-fields.tsx";
import { EXPORT_COMMANDS } from "./aws-commands.ts";
import type { UploadFacts } from "./file-api.ts";
import { FileDrop } from "./file-drop.tsx";
import classes from "./files.module.css";
import { ScriptBlock } from "./script-block.tsx";
import { type ChosenFile, useChosenFiles } from "./use-chosen-files.ts";

const BEGINNING_BYTES = 64 * 1024;

/** The files of a bundle as they are chosen: what each of them is, how they were made, and what keeps them from being imported. */
export function useAwsBundle() {
  const { files, add, remove, sendAll } = useChosenFiles();
  const [known, setKnown] = useState<ReadonlyMap<string, AwsFile | null>>(new Map());
  const [attestation, setAttestation] = useState(NO_ATTESTATION);
  useEffect(() => {
    for (const { key, file } of files) {
      if (known.has(key)) continue;
      void file
        .slice(0, BEGINNING_BYTES)
        .text()
        .then((beginning) => setKnown((before) => new Map(before).set(key, awsFileOf(beginning))))
        .catch(() => setKnown((before) => new Map(before).set(key, null)));
    }
  }, [files, known]);
  const told = attestationOf(attestation);
  const exportedAt = exportedAtOf(attestation);
  const placeOfFile = ({ key, file }: ChosenFile) => placeOf(file.name, known.get(key) ?? null);
  const places = files.map(placeOfFile);
  const twice = places.find((place, index) => places.indexOf(place) !== index);
  const blockers = [
    ...(files.length === 0 ? ["Choose the files."] : []),
    ...(twice ? [`Two of the files are ${twice}: remove one.`] : []),
    ...(told.kind === "half" ? ["Say all four things about how the files were made, or none."] : []),
    ...(exportedAt !== null && exportedAt > new Date().toISOString() ? ["Files cannot have been exported in the future."] : []),
  ];
  const facts = (chosen: ChosenFile): UploadFacts => ({
    mappedAs: placeOfFile(chosen),
    isPiece: false,
    ...(exportedAt ? { exportedAt } : {}),
    ...(told.kind === "whole" ? { attestation: told.attestation } : {}),
  });
  const send = async (sourceId: string): Promise<void> => {
    if (!(await sendAll(sourceId, facts)))
      throw new Error("Not every file arrived, so nothing was imported. See above what happened, and import again.");
  };
  return { files, add, remove, known, attestation, setAttestation, blockers, send };
}

type AwsBundleProps = { bundle: ReturnType<typeof useAwsBundle>; isBusy: boolean };

/** The commands, the files that they made, and how. */
export function AwsBundle({ bundle: { files, add, remove, known, attestation, setAttestation }, isBusy }: AwsBundleProps) {
  return (
    <>
      <fieldset className={classes.fieldset}>
        <legend className={classes.legend}>Run this where the account is</legend>
        <p className={classes.help}>
          By somebody who may read IAM, for instance with AWS's own policy IAMReadOnlyAccess. Only the first file is needed; each of the
          others tells what the first cannot. No key of the account ever comes here.
        </p>
        <ScriptBlock label="Commands of the AWS CLI" text={EXPORT_COMMANDS} />
      </fieldset>
      <fieldset className={classes.fieldset}>
        <legend className={classes.legend}>Upload what it wrote</legend>
        <FileDrop
          files={files}
          add={add}
          remove={remove}
          isSending={isBusy}
          hint="or drop them here: the JSON of the commands above and the credential report, of one account or several, gzip or not."
          more={({ key }) => <FileWords file={known.get(key)} />}
        />
        <AttestationFields draft={attestation} onChange={setAttestation} />
      </fieldset>
    </>
  );
}

function FileWords({ file }: { file: AwsFile | null | undefined }) {
  if (file === undefined) return null;
  if (file === null) return <span className={classes.dimmed}>what it is shows when it is read</span>;
  return (
    <span className={classes.dimmed}>
      {file.kind}
      {file.account ? ` of account ${file.account}` : ""}
    </span>
  );
}
