import { Moment } from "#components/ui/moment.tsx";
import type { DelegationRow } from "#lib/campaigns/campaign-types.ts";
import classes from "./campaign-page.module.css";

/** Who of a campaign's reviewers is away, and who stands in. */
export function OutOfOffice({ delegations, zone }: { delegations: readonly DelegationRow[]; zone: string }) {
  return (
    <ul className={classes.checks} aria-label="Out of office">
      {delegations.map(({ id, personName, toName, startsAt, endsAt, reason, isInForce }) => (
        <li key={id} className={classes.check}>
          <span>
            {toName} {isInForce ? "stands" : "will stand"} in for {personName} <span className={classes.dim}>“{reason}”</span>
          </span>
          <span className={classes.dim}>
            <Moment at={startsAt} zone={zone} /> to <Moment at={endsAt} zone={zone} />
          </span>
        </li>
      ))}
    </ul>
  );
}
