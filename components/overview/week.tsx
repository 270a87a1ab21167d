"use client";

import { useMemo } from "react";
import { BarFigure } from "#components/charts/bar-figure.tsx";
import type { Series } from "#components/charts/series.ts";
import { Moment } from "#components/ui/moment.tsx";
import { counted, countText } from "#components/ui/moment-text.ts";
import { Section } from "#components/ui/page-header.tsx";
import { usePreferences } from "#components/ui/preferences.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import { changeBars, type RunChanges, type Week } from "#lib/inventory/week.ts";
import classes from "./overview.module.css";

const SERIES: readonly Series[] = [
  { key: "addedPrivileged", label: "Added, privileged", colour: 1 },
  { key: "addedOther", label: "Added, not privileged", colour: 2 },
  { key: "endedPrivileged", label: "Ended, privileged", colour: 4 },
  { key: "endedOther", label: "Ended, not privileged", colour: 3 },
  { key: "unknown", label: "Unknown whether privileged", colour: 5 },
];
const LISTED = 6;

/** In the reader's own days, so it is drawn where their zone is known. */
export function WeekSection({ week }: { week: Week }) {
  const { zone } = usePreferences();
  const points = useMemo(() => changeBars(week, zone).map((bar) => ({ ...bar })), [week, zone]);
  const { runs, firstReads, uncounted } = week;
  return (
    <Section title="What changed this week">
      <div className={classes.chart}>
        <BarFigure
          caption={`Grants added and ended by day (${zone})`}
          axis="Day"
          points={points}
          series={SERIES}
          empty="No grant was added or ended in the last seven days."
        />
        {firstReads.map(({ runId, sourceId, source, grants }) => (
          <p key={runId} className={classes.note}>
            <TextLink href={`/sources/${sourceId}/runs/${runId}`}>{source}</TextLink> was read for the first time:{" "}
            {counted(grants, "grant")}, not counted as added, since when they began is not ours to say.
          </p>
        ))}
        {uncounted > 0 && (
          <p className={classes.note}>
            <ToneText tone="unknown">{counted(uncounted, "sync")} not counted yet.</ToneText>
          </p>
        )}
      </div>
      {runs.length > 0 && <Runs runs={runs} />}
    </Section>
  );
}

/** The rows behind the bars: each sync that changed something, to its differences. */
function Runs({ runs }: { runs: readonly RunChanges[] }) {
  return (
    <>
      <ul className={`${classes.list} ${classes.below}`} aria-label="Syncs that changed grants">
        {runs.slice(0, LISTED).map((run) => (
          <li key={run.runId} className={classes.line}>
            <TextLink href={`/sources/${run.sourceId}/runs/${run.runId}?stream=grants&kind=${run.added > 0 ? "added" : "ended"}`}>
              {run.source}
            </TextLink>
            <span className={classes.facts}>
              <Moment at={run.at} show="relative" />
            </span>
            <span>
              {countText(run.added)} added, {countText(run.ended)} ended
            </span>
            <Marks run={run} />
          </li>
        ))}
      </ul>
      {runs.length > LISTED && (
        <p className={classes.note}>{counted(runs.length - LISTED, "earlier sync")} of this week changed grants too.</p>
      )}
    </>
  );
}

function Marks({ run: { addedPrivileged, addedUnknown, endedPrivileged, endedUnknown } }: { run: RunChanges }) {
  const unknown = addedUnknown + endedUnknown;
  if (addedPrivileged > 0) return <ToneText tone="warning">{countText(addedPrivileged)} privileged added</ToneText>;
  if (unknown > 0) return <ToneText tone="unknown">{countText(unknown)} of unknown privilege</ToneText>;
  return (
    <span className={classes.facts}>{endedPrivileged > 0 ? `${countText(endedPrivileged)} privileged ended` : "none privileged"}</span>
  );
}
