import { DueDate } from "#components/campaigns/due-date.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { countText } from "#components/ui/moment-text.ts";
import { Section } from "#components/ui/page-header.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import type { CampaignRow } from "#lib/campaigns/campaign-types.ts";
import classes from "./overview.module.css";

type CampaignsProps = { current: readonly CampaignRow[]; over: readonly CampaignRow[]; canManage: boolean };

/** Under way first, then what ended last: each with where it stands. */
export function Campaigns({ current, over, canManage }: CampaignsProps) {
  return (
    <Section title="Campaigns" aside={<TextLink href="/campaigns">All campaigns</TextLink>}>
      {current.length + over.length === 0 ? (
        <EmptyState
          title="No campaign yet"
          why="A campaign asks people whether access is still needed."
          action={canManage ? <LinkButton href="/campaigns/new">New campaign</LinkButton> : undefined}
        />
      ) : (
        <ul className={classes.list}>
          {[...current, ...over].map((row) => (
            <li key={row.id} className={classes.line}>
              <TextLink href={`/campaigns/${row.id}`}>{row.name}</TextLink>
              <span>
                <StateBadge state={row.state} />
              </span>
              <span className={classes.facts}>
                {row.items === null ? "not frozen yet" : `${countText(row.answered)} of ${countText(row.items)} answered`}
              </span>
              <span className={classes.facts}>
                <Due row={row} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function Due({ row: { dueAt, zone, state, signedOffAt } }: { row: CampaignRow }) {
  if (signedOffAt)
    return (
      <>
        signed off <Moment at={signedOffAt} show="date" zone={zone} />
      </>
    );
  return (
    <>
      due <DueDate at={dueAt} zone={zone} state={state} />
    </>
  );
}
