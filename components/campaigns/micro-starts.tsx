import { IconAlertTriangle } from "@tabler/icons-react";
import { Badge } from "#components/ui/badge.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { counted } from "#components/ui/moment-text.ts";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import type { MicroStartRow } from "#lib/campaigns/micro-page.sql.ts";
import classes from "./micro.module.css";
import { followUpWhy, microTitle } from "./micro-words.ts";

/** What was started and why, and what a rate left out. */
export function MicroStarts({ rows }: { rows: readonly MicroStartRow[] }) {
  if (rows.length === 0)
    return (
      <EmptyState
        title="None was started yet"
        why="When a rule above is on and something happens that it is about, it is listed here with why."
      />
    );
  return (
    <ul className={classes.starts}>
      {rows.map((row) => (
        <li key={row.id} className={classes.start}>
          <span className={classes.head}>
            {row.campaign ? (
              <TextLink href={`/campaigns/${row.campaign.id}`}>{row.campaign.name}</TextLink>
            ) : (
              <Badge tone="warning" icon={IconAlertTriangle}>
                Left out
              </Badge>
            )}
            {row.campaign && <StateBadge state={row.campaign.state} />}
            <span className={classes.dimmed}>
              {microTitle(row.rule)}, <Moment at={row.at} show="relative" />
            </span>
          </span>
          <span>{row.isFollowUp ? (followUpWhy(row.rule) ?? row.why) : row.why}</span>
          {row.campaign && (
            <span className={classes.dimmed}>
              {counted(row.items, "item")}, {row.campaign.open} open, due <Moment at={row.campaign.dueAt} show="due" zone="UTC" />
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
