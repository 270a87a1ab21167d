"use client";

import { useRouter, useSearchParams } from "next/navigation";
import { useMemo } from "react";
import { DataTable } from "#components/data-table/data-table.tsx";
import { FilterBar } from "#components/data-table/filter-bar.tsx";
import { type RowsWindow, useKeysetRows } from "#components/data-table/use-keyset-rows.ts";
import { LinkButton } from "#components/ui/link-button.tsx";
import { RiskBadge } from "#components/ui/risk-badge.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { ANSWERS } from "#lib/campaigns/answers.ts";
import type { ReviewItemRow } from "#lib/campaigns/review-types.ts";
import classes from "./campaign-page.module.css";
import { type CampaignItemRow, holderText, itemColumns } from "./item-columns.tsx";
import { ReassignButton } from "./reassign-button.tsx";
import { ANSWER_WORDS } from "./words.ts";

type ItemsTableProps = {
  campaignId: string;
  first: RowsWindow<ReviewItemRow>;
  reviewers: { value: string; label: string }[];
  /** Items in all where nothing is filtered. */
  total: number | null;
  /** Open items of one reviewer may be given to somebody else, all that were read. */
  canReassign: boolean;
};

const rowId = (row: CampaignItemRow) => row.id;
const RISKS = ["critical", "high", "ordinary", "low"].map((value) => ({ value, label: `${value} risk` }));
const STATES = [
  { value: "open", label: "without an answer" },
  { value: "answered", label: "answered, not handed in" },
  { value: "submitted", label: "handed in" },
  { value: "voided", label: "voided" },
];
const ANSWER_FILTER = [
  ...ANSWERS.map((value) => ({ value, label: ANSWER_WORDS[value].done.toLowerCase() })),
  { value: "termed", label: "to be changed in any way" },
  { value: "unanswered", label: "unanswered when closed" },
];
const FILTERS = ["q", "risk", "state", "answer", "reviewer"] as const;

/** On a phone: what, whose, and how it stands. */
function card(row: CampaignItemRow) {
  return (
    <div className={classes.card}>
      <TextLink href={`/campaigns/${row.campaignId}/items/${row.id}`}>{row.meaning ?? row.entitlementName}</TextLink>
      <span>{holderText(row)}</span>
      <span className={classes.buttons}>
        <RiskBadge risk={row.riskClass} />
        <StateBadge state={row.state} />
        {row.answer && <span className={classes.dim}>{ANSWER_WORDS[row.answer].done}</span>}
      </span>
    </div>
  );
}

/** Items of a campaign as its owner sees them, window by window. */
export function ItemsTable({ campaignId, first, reviewers, total, canReassign }: ItemsTableProps) {
  const router = useRouter();
  const search = useSearchParams();
  const filter = new URLSearchParams(FILTERS.flatMap((name) => (search.get(name) ? [[name, search.get(name) ?? ""]] : [])));
  const { rows, window } = useKeysetRows<ReviewItemRow>(`/api/v1/campaigns/${campaignId}/items?${filter}`, first);
  const shown = useMemo(() => rows.map((row) => ({ ...row, campaignId })), [rows, campaignId]);
  const isFiltered = filter.size > 0;
  const movable = useMemo(
    () => (search.get("reviewer") ? rows.filter(({ state }) => state === "ASSIGNED" || state === "DRAFTED" || state === "UNASSIGNED") : []),
    [rows, search],
  );
  const filters = useMemo(
    () => [
      { param: "risk", label: "Risk", options: RISKS },
      { param: "state", label: "State", options: STATES },
      { param: "answer", label: "Answer", options: ANSWER_FILTER },
      { param: "reviewer", label: "Reviewer", options: reviewers },
    ],
    [reviewers],
  );
  return (
    <DataTable
      caption="Items, what needs thought first"
      columns={itemColumns}
      rows={shown}
      getRowId={rowId}
      renderCard={card}
      window={window}
      total={isFiltered ? null : total}
      toolbar={
        <div className={classes.toolbar}>
          <FilterBar text={{ label: "Person, identity or access" }} filters={filters} />
          {canReassign && movable.length > 0 && <ReassignButton campaignId={campaignId} itemIds={movable.map(({ id }) => id)} />}
        </div>
      }
      empty={
        isFiltered ? (
          <EmptyState
            title="No item fits this filter"
            why="Without it there may be more."
            action={
              <LinkButton href={`/campaigns/${campaignId}/items`} variant="default">
                Show all items
              </LinkButton>
            }
          />
        ) : (
          <EmptyState
            title="No items yet"
            why="Items are made when the population is frozen."
            action={<LinkButton href={`/campaigns/${campaignId}`}>Go to the campaign</LinkButton>}
          />
        )
      }
      onOpen={(row) => router.push(`/campaigns/${campaignId}/items/${row.id}`)}
    />
  );
}
