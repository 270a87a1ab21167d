"use client";

import { Button } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Reasons } from "#components/ui/reasons.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import { startSyncAction } from "#lib/ingest/actions.ts";
import { AwsBundle, useAwsBundle } from "./aws-bundle.tsx";
import classes from "./files.module.css";

type AwsImportProps = {
  /** The source to import into; called when the button is pressed, so that a new one is made no earlier. Throws what to show. */
  sourceId: () => Promise<string>;
  /** What else keeps it from being imported. */
  blockers?: readonly string[];
};

/** Upload a bundle and read it. */
export function AwsImport({ sourceId, blockers: others = [] }: AwsImportProps) {
  const router = useRouter();
  const bundle = useAwsBundle();
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const blockers = [...others, ...bundle.blockers];
  const run = async () => {
    setFailure(null);
    setBusy(true);
    try {
      const id = await sourceId();
      await bundle.send(id);
      const started = await startSyncAction({ sourceId: id, trigger: "upload" });
      if (!started.ok) throw new Error(started.message);
      router.push(`/sources/${id}/runs/${started.data.runId}`);
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  };
  return (
    <>
      <AwsBundle bundle={bundle} isBusy={isBusy} />
      <div className={classes.narrow}>
        {blockers.length > 0 && !isBusy && <Reasons label="Before the import" reasons={blockers.map((text) => ({ text }))} />}
        {failure && (
          <div role="alert">
            <ToneText tone="danger">{failure}</ToneText>
          </div>
        )}
        <div className={classes.row}>
          <Button onClick={() => void run()} disabled={blockers.length > 0} loading={isBusy}>
            {IMPORTS[bundle.files.length] ?? `Import ${bundle.files.length} files`}
          </Button>
          <span className={classes.help}>The run is held, and nothing changes, if the export looks unlike the last one.</span>
        </div>
      </div>
    </>
  );
}

const IMPORTS = ["Import files", "Import 1 file"];
