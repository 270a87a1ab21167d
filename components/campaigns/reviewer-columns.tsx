import type { DataColumn } from "#components/data-table/columns.ts";
import { Moment } from "#components/ui/moment.tsx";
import { countText } from "#components/ui/moment-text.ts";
import { TextLink } from "#components/ui/text-link.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import type { ReviewerRow } from "#lib/campaigns/types.ts";
import { ProgressBar } from "./progress-bar.tsx";

export type CampaignReviewer = ReviewerRow & { campaignId: string };

export const reviewerColumns: readonly DataColumn<CampaignReviewer>[] = [
  {
    id: "name",
    header: "Reviewer",
    cell: (row) => (
      <TextLink href={`/campaigns/${row.campaignId}/items?reviewer=${row.personId ?? "none"}`}>{row.name ?? "Nobody"}</TextLink>
    ),
  },
  { id: "title", header: "Title", width: 180, hideBelow: 1120, cell: (row) => row.title ?? "" },
  {
    id: "progress",
    header: "Handed in",
    width: 240,
    cell: (row) => <ProgressBar label="Items handed in" total={row.items} submitted={row.submitted} answered={row.answered} />,
  },
  { id: "answered", header: "Answered", width: 100, align: "end", hideBelow: 800, cell: (row) => countText(row.answered) },
  {
    id: "late",
    header: "Late",
    width: 80,
    align: "end",
    hideBelow: 800,
    cell: (row) => (row.late > 0 ? <ToneText tone="warning">{countText(row.late)}</ToneText> : "0"),
  },
  {
    id: "last",
    header: "Last decided",
    width: 140,
    hideBelow: 640,
    cell: (row) => <Moment at={row.lastDecidedAt} kind={row.lastDecidedAt ? "value" : "never"} show="relative" />,
  },
  { id: "standing", header: "Standing", width: 190, cell: (row) => <Standing row={row} /> },
];

export function Standing({ row }: { row: ReviewerRow }) {
  if (row.personId === null) return <ToneText tone="warning">no reviewer</ToneText>;
  if (!row.isEligible) return <ToneText tone="warning">left or disabled</ToneText>;
  if (!row.hasSignIn) return <ToneText tone="warning">no sign-in yet</ToneText>;
  return "in office";
}
