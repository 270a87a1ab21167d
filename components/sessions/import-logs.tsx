"use client";

import { Button } from "@mantine/core";
import dynamic from "next/dynamic";
import { useState } from "react";

const ImportLogsDialog = dynamic(() => import("./import-logs-dialog.tsx").then((module) => module.ImportLogsDialog), { ssr: false });

export function ImportLogs({ sources }: { sources: readonly { value: string; label: string }[] }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)} disabled={sources.length === 0}>
        Import log files
      </Button>
      {isOpen && <ImportLogsDialog sources={sources} onClose={() => setOpen(false)} />}
    </>
  );
}
