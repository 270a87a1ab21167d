import { HealthBadge } from "#components/ingest/health-badge.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { counted } from "#components/ui/moment-text.ts";
import { Section } from "#components/ui/page-header.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import type { SourceListRow } from "#lib/ingest/queries.ts";
import classes from "./overview.module.css";

const WAITING = ["held", "failing", "overdue"];

/** What needs somebody first. A held run and refused records lead to themselves. */
export function Sources({ rows }: { rows: readonly SourceListRow[] }) {
  const shown = rows.filter(({ state }) => state !== "retired");
  const ordered = [...shown].sort((one, other) => Number(WAITING.includes(other.health)) - Number(WAITING.includes(one.health)));
  return (
    <Section title="Sources" aside={<TextLink href="/sources">All sources</TextLink>}>
      {ordered.length === 0 ? (
        <EmptyState
          title="No source yet"
          why="Without a source there is nothing to review."
          action={<LinkButton href="/sources/new">Add a source</LinkButton>}
        />
      ) : (
        <ul className={classes.list}>
          {ordered.map((row) => (
            <li key={row.id} className={classes.line}>
              <TextLink href={`/sources/${row.id}`}>{row.name}</TextLink>
              <span>
                <HealthBadge health={row.health} />
              </span>
              <span className={classes.facts}>
                {row.lastAppliedAt ? (
                  <>
                    synced <Moment at={row.lastAppliedAt} show="relative" />,{" "}
                  </>
                ) : (
                  "never synced, "
                )}
                {row.nextRunAt ? (
                  <>
                    next <Moment at={row.nextRunAt} show="relative" />
                  </>
                ) : (
                  "next by hand"
                )}
              </span>
              <span className={classes.facts}>
                <WhatWaits row={row} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function WhatWaits({ row: { id, health, lastRun, rejected } }: { row: SourceListRow }) {
  if (!lastRun) return <ToneText tone="unknown">what it holds is unknown</ToneText>;
  const run = `/sources/${id}/runs/${lastRun.id}`;
  if (health === "held") return <TextLink href={run}>Decide on the held run</TextLink>;
  if (health === "failing") return <TextLink href={run}>Why it failed</TextLink>;
  return rejected > 0 ? <TextLink href={`${run}?show=rejected`}>{counted(rejected, "record")} rejected</TextLink> : "no record rejected";
}
