import { countText } from "#components/ui/moment-text.ts";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import type { Comparison } from "#lib/campaigns/types.ts";
import classes from "./campaign-page.module.css";
import { FiguresTable } from "./figures-table.tsx";

const revoked = ({ items, revoked: count }: { items: number; revoked: number }) =>
  items === 0 ? "no items" : `${countText(count)} of ${countText(items)}`;

/** This campaign beside the last one: by outcome, and how much each reviewer revoked. */
export function ComparisonFigures({ comparison }: { comparison: Comparison }) {
  const { campaignId, name, outcomes, reviewers } = comparison;
  return (
    <>
      <p className={classes.dim}>
        Against <TextLink href={`/campaigns/${campaignId}`}>{name}</TextLink>. Answers that are not final yet count as they stand.
      </p>
      <div className={classes.columns}>
        <FiguresTable
          caption="By outcome"
          rows={outcomes}
          getRowId={(row) => row.outcome}
          columns={[
            { id: "outcome", header: "Outcome", cell: (row) => <StateBadge state={row.outcome} /> },
            { id: "last", header: "Last time", align: "end", cell: (row) => countText(row.last) },
            { id: "now", header: "Now", align: "end", cell: (row) => countText(row.now) },
          ]}
        />
        <FiguresTable
          caption="Revoked, by reviewer"
          rows={reviewers}
          getRowId={(row) => row.reviewerId ?? "none"}
          columns={[
            { id: "name", header: "Reviewer", cell: (row) => row.name },
            { id: "last", header: "Last time", align: "end", cell: (row) => revoked(row.last) },
            { id: "now", header: "Now", align: "end", cell: (row) => revoked(row.now) },
          ]}
        />
      </div>
    </>
  );
}
