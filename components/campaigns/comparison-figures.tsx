import { countText } from "#components/ui/moment-text.ts";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import type { Comparison } from "#lib/campaigns/campaign-types.ts";
import classes from "./campaign-page.module.css";
import { FiguresTable } from "./figures-table.tsx";

const revoked = ({ items, revoked: count }: { items: number; revoked: number }) =>
  items === 0 ? "no items" : `${countText(count)} of ${countText(items)}`;

type ComparisonFiguresProps = { comparison: Comparison; wasLaunched: boolean };

/** This campaign beside the one before: what is under review, and once there are answers, by outcome and how much each reviewer revoked. */
export function ComparisonFigures({ comparison, wasLaunched }: ComparisonFiguresProps) {
  const { campaignId, name, population, outcomes, reviewers } = comparison;
  const against = (
    <>
      Against <TextLink href={`/campaigns/${campaignId}`}>{name}</TextLink>: {countText(population.added)} added,{" "}
      {countText(population.removed)} no longer there, {countText(population.changed)} changed in meaning, {countText(population.same)} the
      same; {countText(population.otherReviewer)} with another reviewer.
    </>
  );
  if (!wasLaunched) return <p>{against}</p>;
  return (
    <>
      <p>
        {against} <span className={classes.dim}>Answers that are not final yet count as they stand.</span>
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
