"use client";

import { useRouter } from "next/navigation";
import { DataTable } from "#components/data-table/data-table.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import classes from "./campaign-page.module.css";
import { ProgressBar } from "./progress-bar.tsx";
import { type CampaignReviewer, Reminder, remindingColumns, reviewerColumns, Standing } from "./reviewer-columns.tsx";

const rowId = (row: CampaignReviewer) => row.personId ?? "none";

/** On a phone: who, how far, and whether something is wrong with them. */
function card(row: CampaignReviewer) {
  return (
    <div className={classes.card}>
      <TextLink href={`/campaigns/${row.campaignId}/items?reviewer=${row.personId ?? "none"}`}>{row.name ?? "Nobody"}</TextLink>
      <ProgressBar label="Items handed in" total={row.items} submitted={row.submitted} answered={row.answered} />
      <span className={classes.dim}>
        <Standing row={row} />, last decided <Moment at={row.lastDecidedAt} kind={row.lastDecidedAt ? "value" : "never"} show="relative" />
        {row.late > 0 && `, ${row.late} late`}
      </span>
      <span>
        <Reminder row={row} />
      </span>
    </div>
  );
}

export function ReviewersTable({ rows }: { rows: CampaignReviewer[] }) {
  const router = useRouter();
  return (
    <DataTable
      caption="Reviewers"
      columns={rows.some(({ canRemind }) => canRemind) ? remindingColumns : reviewerColumns}
      rows={rows}
      getRowId={rowId}
      renderCard={card}
      empty={<EmptyState title="No reviewer yet" why="Reviewers are found when the population is frozen." />}
      onOpen={(row) => router.push(`/campaigns/${row.campaignId}/items?reviewer=${row.personId ?? "none"}`)}
    />
  );
}
