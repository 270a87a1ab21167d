"use client";

import { useRouter } from "next/navigation";
import { DataTable } from "#components/data-table/data-table.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { type CampaignReviewer, reviewerColumns } from "./reviewer-columns.tsx";

const rowId = (row: CampaignReviewer) => row.personId ?? "none";

export function ReviewersTable({ rows }: { rows: CampaignReviewer[] }) {
  const router = useRouter();
  return (
    <DataTable
      caption="Reviewers"
      columns={reviewerColumns}
      rows={rows}
      getRowId={rowId}
      empty={<EmptyState title="No reviewer yet" why="Reviewers are found when the population is frozen." />}
      onOpen={(row) => router.push(`/campaigns/${row.campaignId}/items?reviewer=${row.personId ?? "none"}`)}
    />
  );
}
