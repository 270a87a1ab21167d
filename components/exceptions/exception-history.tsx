import { Moment } from "#components/ui/moment.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { Timeline } from "#components/ui/timeline.tsx";
import type { Tone } from "#components/ui/tokens.ts";
import type { ExceptionEventRow } from "#lib/exceptions/types.ts";
import { causeText, eventTitle } from "./exception-words.ts";
import classes from "./exceptions.module.css";

const TONES: Readonly<Record<string, Tone>> = {
  SUSPENDED: "danger",
  EXPIRED: "warning",
  REVOKED: "warning",
  EXPIRING: "warning",
  CHANGES_REQUESTED: "warning",
};
/** After these the terms are other ones: what they were is part of the history. */
const WITH_TERMS = ["SUBMITTED", "RENEWED"];

/** Each step with what it stood on, newest first. Nothing of it changes. */
export function ExceptionHistory({ events }: { events: readonly ExceptionEventRow[] }) {
  return (
    <Timeline
      label="What happened to this exception"
      events={events.map((event) => ({
        id: event.id,
        at: event.at,
        title: eventTitle(event),
        detail: <Detail event={event} />,
        tone: TONES[event.kind] ?? "neutral",
      }))}
    />
  );
}

function Detail({ event: { kind, detail, terms } }: { event: ExceptionEventRow }) {
  const quote = [detail.reason, detail.evidence, kind === "RENEWAL_REQUESTED" ? detail.rationale : null].find(
    (text) => typeof text === "string",
  );
  return (
    <>
      {typeof detail.cause === "string" && <p>Because {causeText(detail.cause)}.</p>}
      {typeof detail.result === "string" && <p>{detail.result === "passed" ? "It passed." : "It failed."}</p>}
      {typeof detail.days === "number" && <p>At most {detail.days} days are left.</p>}
      {typeof quote === "string" && <p className={classes.quote}>“{quote}”</p>}
      {kind === "REOPENED" && <Reopened detail={detail} />}
      {WITH_TERMS.includes(kind) && (
        <p className={classes.dim}>
          Until <Moment at={terms.expiresAt} show="date" />. Control: {terms.control} ({terms.controlOwner ?? "owner unknown"}, next test{" "}
          <Moment at={terms.controlDueAt} show="date" />)
        </p>
      )}
    </>
  );
}

function Reopened({ detail }: Pick<ExceptionEventRow, "detail">) {
  const items = Number(detail.items ?? 0);
  const campaignId = typeof detail.followUpCampaignId === "string" ? detail.followUpCampaignId : null;
  return (
    <p>
      {items === 0
        ? "No handed-in item was open for it"
        : items === 1
          ? "1 item went back to be decided"
          : `${items} items went back to be decided`}
      {campaignId && (
        <>
          ; <TextLink href={`/campaigns/${campaignId}`}>a campaign of its own</TextLink> asks about what was signed off
        </>
      )}
      .
    </p>
  );
}
