import type { DataColumn } from "#components/data-table/columns.ts";
import { Moment } from "#components/ui/moment.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import type { RunListRow } from "#lib/ingest/queries.ts";
import classes from "./ingest.module.css";
import { changesText, durationText, triggerText } from "./run-words.ts";

export const runColumns: readonly DataColumn<RunListRow>[] = [
  {
    id: "started",
    header: "Started",
    width: 224,
    cell: (row) => (
      <TextLink href={`/sources/${row.sourceId}/runs/${row.id}`}>
        <Moment at={row.startedAt} show="instant" />
      </TextLink>
    ),
  },
  { id: "state", header: "State", width: 130, cell: (row) => <StateBadge state={row.state} /> },
  { id: "changes", header: "Changed", cell: (row) => changesText(row) },
  {
    id: "whole",
    header: "Read",
    width: 130,
    hideBelow: 800,
    cell: (row) => readText(row),
  },
  {
    id: "by",
    header: "Why",
    width: 220,
    hideBelow: 960,
    cell: (row) => (row.startedBy ? `${triggerText(row.trigger)}, ${row.startedBy}` : triggerText(row.trigger)),
  },
  {
    id: "took",
    header: "Took",
    width: 170,
    hideBelow: 1120,
    cell: (row) => (row.finishedAt ? durationText(row.startedAt, row.finishedAt).replace("took ", "") : "still running"),
  },
  {
    id: "digest",
    header: "Digest",
    width: 120,
    hideBelow: 1120,
    cell: (row) => (row.digest ? <code title={row.digest}>{row.digest.slice(0, 12)}</code> : <span className={classes.dimmed}>none</span>),
  },
];

function readText({ state, isComplete, isFullRead }: RunListRow): string {
  if (state === "RUNNING") return "so far";
  if (state === "FAILED") return "not to the end";
  if (!isComplete) return "in part";
  return isFullRead ? "whole" : "same as before";
}
