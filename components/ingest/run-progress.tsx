"use client";

import { useRouter } from "next/navigation";
import { useCallback, useEffect } from "react";
import { JobProgress } from "#components/ui/job-progress.tsx";
import { toastDone, toastFailed } from "#components/ui/toasts.tsx";
import type { RunSnapshot } from "#lib/ingest/snapshot.ts";

const REFRESH_MS = 3_000;

/** A run while it is read. The page around it is drawn again every few seconds, and once more when the run has ended. */
export function RunProgress({ initial }: { initial: RunSnapshot }) {
  const router = useRouter();
  useEffect(() => {
    const timer = setInterval(() => router.refresh(), REFRESH_MS);
    return () => clearInterval(timer);
  }, [router]);
  const onDone = useCallback(
    ({ state, title }: { state: string; title: string }) => {
      router.refresh();
      if (state === "APPLIED") toastDone(`${title} was applied.`);
      else if (state === "HELD") toastFailed({ message: `${title} is held: the inventory was left as it was. See the reasons.` });
      else if (state === "FAILED") toastFailed({ message: `${title} failed. Nothing was changed. See the reasons.` });
    },
    [router],
  );
  return <JobProgress url={`/api/v1/sources/runs/${initial.id}/progress`} initial={initial} onDone={onDone} />;
}
