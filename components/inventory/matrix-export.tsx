"use client";

import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useSearchParams } from "next/navigation";
import { useState } from "react";
import { toastDone, toastFailed } from "#components/ui/toasts.tsx";

const FILTERS = ["q", "class", "source", "resource", "resourceClass", "environment", "only"] as const;
const BROKEN = "The file could not be made. Nothing was exported; try again.";

/** The whole filtered matrix as a file. Who took it is recorded. */
export function MatrixExport() {
  const search = useSearchParams();
  const [isRunning, setRunning] = useState(false);
  const take = async () => {
    setRunning(true);
    try {
      const filter = new URLSearchParams(FILTERS.flatMap((name) => (search.get(name) ? [[name, search.get(name) ?? ""]] : [])));
      const response = await fetch(`/api/v1/inventory/matrix?${filter}`);
      if (!response.ok) {
        const problem = (await response.json().catch(() => null)) as { detail?: string } | null;
        toastFailed({ message: problem?.detail ?? BROKEN });
        return;
      }
      const name = /filename="([^"]+)"/.exec(response.headers.get("content-disposition") ?? "")?.[1] ?? "access.csv";
      save(await response.blob(), name);
      toastDone("Exported. That you took it is in the audit history.");
    } catch {
      toastFailed({ message: BROKEN });
    } finally {
      setRunning(false);
    }
  };
  return (
    <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />} loading={isRunning} onClick={take}>
      Export as CSV
    </Button>
  );
}

function save(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
