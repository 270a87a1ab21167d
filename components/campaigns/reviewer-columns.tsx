import type { DataColumn } from "#components/data-table/columns.ts";
import { Moment } from "#components/ui/moment.tsx";
import { countText } from "#components/ui/moment-text.ts";
import { TextLink } from "#components/ui/text-link.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import type { ReviewerQuality, ReviewerRow } from "#lib/campaigns/campaign-types.ts";
import classes from "./campaign-page.module.css";
import { ProgressBar } from "./progress-bar.tsx";
import { QUALITY } from "./quality-words.ts";
import { RemindOne } from "./remind-button.tsx";

/** quality is null until the first answer. */
export type CampaignReviewer = ReviewerRow & { campaignId: string; quality: ReviewerQuality | null; canRemind: boolean };

export const reviewerColumns: readonly DataColumn<CampaignReviewer>[] = [
  {
    id: "name",
    header: "Reviewer",
    cell: (row) => (
      <TextLink href={`/campaigns/${row.campaignId}/items?reviewer=${row.personId ?? "none"}`}>{row.name ?? "Nobody"}</TextLink>
    ),
  },
  {
    id: "progress",
    header: "Handed in",
    width: 180,
    cell: (row) => <ProgressBar label="Items handed in" total={row.items} submitted={row.submitted} answered={row.answered} />,
  },
  ...QUALITY.map(({ id, header, of, tell }) => ({
    id,
    header,
    width: header.length > 10 ? 128 : 96,
    align: "end" as const,
    hideBelow: id === "bulk" ? (1120 as const) : (800 as const),
    cell: (row: CampaignReviewer) => <span title={of}>{row.quality ? tell(row.quality) : ""}</span>,
  })),
  {
    id: "late",
    header: "Late",
    width: 64,
    align: "end",
    hideBelow: 1120,
    cell: (row) => (row.late > 0 ? <ToneText tone="warning">{countText(row.late)}</ToneText> : "0"),
  },
  {
    id: "last",
    header: "Last decided",
    width: 112,
    hideBelow: 960,
    cell: (row) => <Moment at={row.lastDecidedAt} kind={row.lastDecidedAt ? "value" : "never"} show="relative" />,
  },
  { id: "standing", header: "Standing", width: 128, cell: (row) => <Standing row={row} /> },
];

/** For whoever may remind: beside the standing, where there is room without a column more. */
export const remindingColumns: readonly DataColumn<CampaignReviewer>[] = reviewerColumns.map((column) =>
  column.id === "standing"
    ? {
        ...column,
        width: 168,
        cell: (row) => (
          <span className={classes.standing}>
            <Standing row={row} /> <Reminder row={row} />
          </span>
        ),
      }
    : column,
);

export function Reminder({ row: { campaignId, personId, name, items, submitted, canRemind } }: { row: CampaignReviewer }) {
  if (!canRemind || personId === null) return null;
  return <RemindOne campaignId={campaignId} personId={personId} name={name ?? "this reviewer"} open={items - submitted} />;
}

export function Standing({ row }: { row: ReviewerRow }) {
  if (row.personId === null) return <ToneText tone="warning">no reviewer</ToneText>;
  if (!row.isEligible) return <ToneText tone="warning">left or disabled</ToneText>;
  if (!row.hasSignIn) return <ToneText tone="warning">no sign-in yet</ToneText>;
  return "in office";
}
