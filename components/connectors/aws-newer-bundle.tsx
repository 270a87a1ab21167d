"use client";

import { AwsImport } from "./aws-import.tsx";
import classes from "./files.module.css";

/** Newer files for a source that is there. */
export function AwsNewerBundle({ sourceId }: { sourceId: string }) {
  return (
    <div className={classes.steps}>
      <AwsImport sourceId={async () => sourceId} />
    </div>
  );
}
