"use client";

import { useRouter } from "next/navigation";
import { DataTable } from "#components/data-table/data-table.tsx";
import { FilterBar } from "#components/data-table/filter-bar.tsx";
import { useUrlSort } from "#components/data-table/url-state.ts";
import { LinkButton } from "#components/ui/link-button.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { CampaignRow } from "#lib/campaigns/campaign-types.ts";
import { campaignColumns } from "./campaign-columns.tsx";
import { STATE_WORDS } from "./campaign-words.ts";

const rowId = (row: CampaignRow) => row.id;
const STATES = Object.entries(STATE_WORDS).map(([value, label]) => ({ value, label }));

type CampaignsTableProps = { rows: CampaignRow[]; isFiltered: boolean; canManage: boolean };

export function CampaignsTable({ rows, isFiltered, canManage }: CampaignsTableProps) {
  const router = useRouter();
  const { sort, onSort, isPending } = useUrlSort({ key: "dueAt", direction: "asc" });
  return (
    <DataTable
      caption="Campaigns"
      columns={campaignColumns}
      rows={rows}
      getRowId={rowId}
      sort={sort}
      onSort={onSort}
      isPending={isPending}
      toolbar={<FilterBar text={{ label: "Name" }} filters={[{ param: "state", label: "State", options: STATES }]} />}
      empty={
        isFiltered ? (
          <EmptyState
            title="No campaign fits this filter"
            why="Without it there may be more."
            action={
              <LinkButton href="/campaigns" variant="default">
                Show all campaigns
              </LinkButton>
            }
          />
        ) : (
          <EmptyState
            title="No campaign yet"
            why="A campaign freezes who has which access at one moment and asks somebody about each of them."
            {...(canManage ? { action: <LinkButton href="/campaigns/new">New campaign</LinkButton> } : {})}
          />
        )
      }
      onOpen={(row) => router.push(`/campaigns/${row.id}`)}
    />
  );
}
