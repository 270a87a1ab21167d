import type { DataColumn } from "#components/data-table/columns.ts";
import { Moment } from "#components/ui/moment.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import type { CampaignRow } from "#lib/campaigns/campaign-types.ts";
import { wasLaunched } from "./campaign-words.ts";
import { DueDate } from "./due-date.tsx";
import { ProgressBar } from "./progress-bar.tsx";

export const campaignColumns: readonly DataColumn<CampaignRow>[] = [
  {
    id: "name",
    header: "Campaign",
    sortKey: "name",
    cell: (row) => (
      <>
        <TextLink href={`/campaigns/${row.id}`}>{row.name}</TextLink>
        {row.isFollowUp && " (follow-up)"}
      </>
    ),
  },
  { id: "state", header: "State", width: 128, sortKey: "state", cell: (row) => <StateBadge state={row.state} /> },
  { id: "due", header: "Due", width: 176, sortKey: "dueAt", cell: (row) => <DueDate at={row.dueAt} zone={row.zone} state={row.state} /> },
  { id: "progress", header: "Handed in", width: 196, cell: (row) => <Progress row={row} /> },
  { id: "owner", header: "Owner", width: 132, hideBelow: 960, cell: (row) => row.ownerName ?? "unknown" },
  {
    id: "created",
    header: "Made",
    width: 140,
    sortKey: "createdAt",
    hideBelow: 1120,
    cell: (row) => <Moment at={row.createdAt} show="relative" />,
  },
];

function Progress({ row }: { row: CampaignRow }) {
  if (row.items === null) return "not frozen yet";
  if (!wasLaunched(row.state)) return row.items === 1 ? "1 item, nobody asked" : `${row.items} items, nobody asked`;
  return <ProgressBar label="Items handed in" total={row.items} submitted={row.submitted} answered={row.answered} />;
}
