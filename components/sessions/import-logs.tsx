"use client";

import { Button } from "@mantine/core";
import dynamic from "next/dynamic";
import { useState } from "react";
import { LatePart } from "#components/ui/late-part.tsx";

const ImportLogsDialog = dynamic(() => import("./import-logs-dialog.tsx").then((module) => module.ImportLogsDialog), { ssr: false });

export function ImportLogs({ sources }: { sources: readonly { value: string; label: string }[] }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)} disabled={sources.length === 0}>
        Import log files
      </Button>
      {isOpen && (
        <LatePart attempt={1} onFailed={() => setOpen(false)}>
          <ImportLogsDialog sources={sources} onClose={() => setOpen(false)} />
        </LatePart>
      )}
    </>
  );
}
