"use client";

import { Button } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useAction } from "#components/ui/use-action.tsx";
import { startSyncAction } from "#lib/ingest/actions.ts";

/** Starts a run; how far it is shows on the page at once. */
export function SyncNow({ sourceId, variant = "filled" }: { sourceId: string; variant?: "filled" | "default" }) {
  const router = useRouter();
  const { run, isRunning, stepUp } = useAction(startSyncAction, { onDone: () => router.refresh() });
  return (
    <>
      <Button variant={variant} loading={isRunning} onClick={() => run({ sourceId, trigger: "by_hand" })}>
        Sync now
      </Button>
      {stepUp}
    </>
  );
}
