import type { DataColumn } from "#components/data-table/columns.ts";
import { Moment } from "#components/ui/moment.tsx";
import { countText } from "#components/ui/moment-text.ts";
import { TextLink } from "#components/ui/text-link.tsx";
import type { SourceListRow } from "#lib/ingest/queries.ts";
import { HealthBadge } from "./health-badge.tsx";
import classes from "./ingest.module.css";
import { scheduleText } from "./schedule-words.ts";

const told = (count: number | undefined) => (count === undefined ? <span className={classes.dimmed}>not told</span> : countText(count));

export const sourceColumns: readonly DataColumn<SourceListRow>[] = [
  { id: "name", header: "Source", cell: (row) => <TextLink href={`/sources/${row.id}`}>{row.name}</TextLink> },
  { id: "kind", header: "Kind", width: 120, cell: (row) => row.kindLabel },
  { id: "health", header: "Health", width: 150, cell: (row) => <HealthBadge health={row.health} /> },
  {
    id: "applied",
    header: "Last applied",
    width: 130,
    cell: (row) => <Moment at={row.lastAppliedAt} kind={row.lastAppliedAt ? "value" : "never"} show="relative" />,
  },
  {
    id: "next",
    header: "Next run",
    width: 150,
    hideBelow: 960,
    cell: (row) => (row.nextRunAt ? <Moment at={row.nextRunAt} show="relative" /> : <span className={classes.dimmed}>{waits(row)}</span>),
  },
  { id: "people", header: "People", width: 90, align: "end", hideBelow: 1120, cell: (row) => told(row.counts.people) },
  { id: "identities", header: "Identities", width: 110, align: "end", hideBelow: 800, cell: (row) => told(row.counts.identities) },
  { id: "grants", header: "Grants", width: 110, align: "end", hideBelow: 800, cell: (row) => told(row.counts.grants) },
];

function waits({ state, schedule, scheduleZone }: SourceListRow): string {
  if (state === "retired") return "none: retired";
  if (state === "paused") return "none: paused";
  return scheduleText(schedule, scheduleZone);
}
