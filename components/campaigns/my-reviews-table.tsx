"use client";

import { useRouter } from "next/navigation";
import type { DataColumn } from "#components/data-table/columns.ts";
import { DataTable } from "#components/data-table/data-table.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { countText } from "#components/ui/moment-text.ts";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import type { MyReview } from "#lib/campaigns/review-types.ts";
import { DueDate } from "./due-date.tsx";
import { ProgressBar } from "./progress-bar.tsx";

const rowId = (row: MyReview) => row.campaignId;
const hrefOf = (row: MyReview) => `/campaigns/${row.campaignId}/review`;

const COLUMNS: readonly DataColumn<MyReview>[] = [
  { id: "name", header: "Campaign", cell: (row) => <TextLink href={hrefOf(row)}>{row.name}</TextLink> },
  { id: "state", header: "State", width: 120, hideBelow: 960, cell: (row) => <StateBadge state={row.state} /> },
  { id: "due", header: "Due", width: 190, cell: (row) => <DueDate at={row.dueAt} zone={row.zone} state={row.state} /> },
  { id: "open", header: "To decide", width: 100, align: "end", cell: (row) => countText(row.open) },
  { id: "high", header: "High or critical", width: 130, align: "end", hideBelow: 1120, cell: (row) => countText(row.highOrCritical) },
  { id: "drafted", header: "To hand in", width: 110, align: "end", hideBelow: 1120, cell: (row) => countText(row.drafted) },
  {
    id: "progress",
    header: "Handed in",
    width: 190,
    cell: (row) => (
      <ProgressBar label="Items handed in" total={row.items} submitted={row.submitted} answered={row.submitted + row.drafted} />
    ),
  },
  {
    id: "go",
    header: "Go on",
    width: 92,
    cell: (row) => (
      <LinkButton
        href={hrefOf(row)}
        size="compact-sm"
        variant={row.state === "ACTIVE" && row.open + row.drafted > 0 ? "filled" : "default"}
      >
        Open
      </LinkButton>
    ),
  },
];

export function MyReviewsTable({ rows }: { rows: MyReview[] }) {
  const router = useRouter();
  return (
    <DataTable
      caption="My reviews, by due date"
      columns={COLUMNS}
      rows={rows}
      getRowId={rowId}
      empty={
        <EmptyState
          title="Nothing waits for you"
          why="When a campaign asks you about somebody's access, it appears here with its due date."
        />
      }
      onOpen={(row) => router.push(hrefOf(row))}
    />
  );
}
