"use client";

import { useRouter } from "next/navigation";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { counted } from "#components/ui/moment-text.ts";
import { toastDone } from "#components/ui/toasts.tsx";
import { requestExportAction } from "#lib/evidence/actions.ts";
import type { ExportableRow } from "#lib/evidence/queries.ts";

/** Evidence leaves the house by this button: it asks who is there, and says what will be in the file. */
export function ExportButton({ campaign }: { campaign: Pick<ExportableRow, "id" | "name" | "items"> }) {
  const router = useRouter();
  return (
    <ConfirmButton
      size="compact-sm"
      variant="default"
      title={`Export the evidence of ${campaign.name}`}
      consequence={
        <>
          The log is sealed and signed as it stands now, and {counted(Number(campaign.items), "item")} with decisions, removals and the
          names of people are written to one file. You can leave the page meanwhile. That you exported it is recorded, and printed in the
          next pack.
        </>
      }
      action={requestExportAction}
      input={{ campaignId: campaign.id }}
      onDone={() => {
        toastDone(`Exporting the evidence of ${campaign.name}`);
        router.refresh();
      }}
    >
      Export evidence
    </ConfirmButton>
  );
}
