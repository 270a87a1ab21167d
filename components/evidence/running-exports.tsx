"use client";

import { useRouter } from "next/navigation";
import { useCallback } from "react";
import { JobProgress } from "#components/ui/job-progress.tsx";
import type { ExportSnapshot } from "#lib/evidence/queries.ts";
import classes from "./evidence.module.css";

/** Exports that run, or failed within the hour. When one ends the page's lists are read again. */
export function RunningExports({ exports }: { exports: ExportSnapshot[] }) {
  const router = useRouter();
  const onDone = useCallback(() => router.refresh(), [router]);
  return (
    <ul className={classes.exports}>
      {exports.map((one) => (
        <li key={one.id}>
          <JobProgress url={`/api/v1/evidence/exports/${one.id}`} initial={one} {...(one.isDone ? {} : { onDone })} />
        </li>
      ))}
    </ul>
  );
}
