import { LinkButton } from "#components/ui/link-button.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { counted } from "#components/ui/moment-text.ts";
import { Section } from "#components/ui/page-header.tsx";
import { addressOf, SECOND_PERSON, type WaitingRequest } from "#lib/remediation/approvals.ts";
import classes from "./overview.module.css";

type ApprovalsProps = { requests: readonly WaitingRequest[]; removals: number; exceptions: { approvals: number; expiring: number } };

/** Left out where nothing waits: a yes that nobody asked for is no work. */
export function Approvals({ requests, removals, exceptions: { approvals, expiring } }: ApprovalsProps) {
  if (requests.length + removals + approvals + expiring === 0) return null;
  return (
    <Section title="Waiting for you">
      <ul id="waiting" className={classes.list}>
        {approvals > 0 && (
          <li className={classes.review}>
            <div>
              <p className={classes.reviewName}>{counted(approvals, "exception")} to approve or to reject</p>
              <p className={classes.facts}>Somebody asks to keep an access for a time, with a control in its place.</p>
            </div>
            <LinkButton href="/exceptions?show=waiting">Look at {counted(approvals, "request")}</LinkButton>
          </li>
        )}
        {expiring > 0 && (
          <li className={classes.review}>
            <div>
              <p className={classes.reviewName}>{counted(expiring, "exception")} about to end</p>
              <p className={classes.facts}>Renewed in time it goes on; at its date the access comes back to its reviewer.</p>
            </div>
            <LinkButton href="/exceptions?show=expiring">Look at {counted(expiring, "exception")}</LinkButton>
          </li>
        )}
        {removals > 0 && (
          <li className={classes.review}>
            <div>
              <p className={classes.reviewName}>{counted(removals, "removal")} of high or critical risk</p>
              <p className={classes.facts}>Decided by a reviewer, and not started before somebody else has looked.</p>
            </div>
            <LinkButton href="/remediations?state=PLANNED">Look at {counted(removals, "removal")}</LinkButton>
          </li>
        )}
        {requests.map((request) => (
          <li key={request.id} className={classes.review}>
            <div>
              <p className={classes.reviewName}>
                {SECOND_PERSON[request.action]?.words ?? request.action}: {request.name ?? "unknown"}
              </p>
              <p className={classes.facts}>
                Asked by {request.requestedByName ?? "unknown"}, because: {request.reason} Lapses{" "}
                <Moment at={request.expiresAt} show="due" />.
              </p>
            </div>
            <LinkButton href={addressOf(request)}>Read what was asked</LinkButton>
          </li>
        ))}
      </ul>
    </Section>
  );
}
