import { Timeline } from "#components/ui/timeline.tsx";
import type { Tone } from "#components/ui/tokens.ts";
import type { RemediationEventRow } from "#lib/remediation/types.ts";
import classes from "./remediation.module.css";
import { eventTitle } from "./remediation-words.ts";
import { TicketLink } from "./ticket.tsx";

const TONES: Readonly<Record<string, Tone>> = {
  VERIFIED: "verified",
  NOT_EFFECTIVE: "danger",
  FAILED: "warning",
  present: "danger",
  regrown: "danger",
};
/** Shown as text of their own; the rest of an event's detail is one line each. */
const LONG = ["proof", "reason", "detail", "message", "by"];

/** Each step with its proof, newest first. */
export function RemediationHistory({ events }: { events: readonly RemediationEventRow[] }) {
  if (events.length === 0) return <p>Nothing has happened yet.</p>;
  return (
    <Timeline
      label="What happened to this removal"
      events={events.map((event) => ({
        id: event.id,
        at: event.at,
        title: eventTitle(event),
        detail: <Detail detail={event.detail} />,
        tone: TONES[event.kind] ?? "neutral",
      }))}
    />
  );
}

const CAUSES: Readonly<Record<string, string>> = {
  writes_off: "Writing to the source is off.",
  batch_stopped: "The batch was stopped before its turn.",
  writes_on: "Writing to the source was switched on.",
  by_hand: "Somebody decided to do it by hand.",
  still_held: "A later sync shows that it is not done.",
  suspend: "Nobody decided it. Somebody suspends it by hand, so that it can be given back.",
  writes_unsupported: "No connector can do this in the source.",
  blocked: "Something blocks it.",
  interrupted: "The work was interrupted.",
  exception_ended: "The exception that covered it ended.",
  regrown: "It grew back.",
};

function Detail({ detail }: Pick<RemediationEventRow, "detail">) {
  // What would undo it is for the connector; what was put back is told with that.
  const { checks, statements, confirmed, cause, reference, link, undo: _undo, ...facts } = detail;
  return (
    <>
      {typeof cause === "string" && <p>{CAUSES[cause] ?? cause.replaceAll("_", " ")}</p>}
      {LONG.flatMap((name) => (typeof facts[name] === "string" && facts[name] !== "" ? [<p key={name}>“{String(facts[name])}”</p>] : []))}
      {typeof reference === "string" && <TicketLink ticket={{ reference, link: typeof link === "string" ? link : null }} />}
      {Array.isArray(checks) && <p>{checksText(checks)}</p>}
      {isTexts(confirmed) && confirmed.length > 0 && <p>Read and confirmed: {confirmed.join(", ")}</p>}
      {isTexts(statements) && statements.length > 0 && <pre className={classes.statements}>{statements.join(";\n")}</pre>}
    </>
  );
}

const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every((each) => typeof each === "string");

/** "11 checks; warns: Not used in the last 7 days". */
function checksText(checks: readonly unknown[]): string {
  const named = checks.flatMap((check) => {
    if (typeof check !== "object" || check === null) return [];
    const { name, result } = check as { name?: unknown; result?: unknown };
    return result === "ok" ? [] : [`${String(result)}: ${String(name ?? "a check").replaceAll("_", " ")}`];
  });
  const count = checks.length === 1 ? "1 check" : `${checks.length} checks`;
  return named.length === 0 ? `${count}, nothing against it` : `${count}; ${named.join(", ")}`;
}
