import { Timeline } from "#components/ui/timeline.tsx";
import type { Tone } from "#components/ui/tokens.ts";
import type { RemediationEventRow } from "#lib/remediation/types.ts";
import classes from "./remediation.module.css";
import { eventTitle } from "./remediation-words.ts";

const TONES: Readonly<Record<string, Tone>> = {
  VERIFIED: "verified",
  NOT_EFFECTIVE: "danger",
  FAILED: "warning",
  present: "danger",
  regrown: "danger",
};
/** Shown as text of their own; the rest of an event's detail is one line each. */
const LONG = ["proof", "reason", "detail", "message"];

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

function Detail({ detail }: Pick<RemediationEventRow, "detail">) {
  const { checks, statements, ...facts } = detail;
  return (
    <>
      {LONG.flatMap((name) => (typeof facts[name] === "string" && facts[name] !== "" ? [<p key={name}>“{String(facts[name])}”</p>] : []))}
      {Array.isArray(checks) && <p>{checks.map(checkText).join(", ")}</p>}
      {isTexts(statements) && statements.length > 0 && <pre className={classes.statements}>{statements.join(";\n")}</pre>}
    </>
  );
}

const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every((each) => typeof each === "string");

function checkText(check: unknown): string {
  if (typeof check !== "object" || check === null) return String(check);
  const { name, result } = check as { name?: unknown; result?: unknown };
  return `${String(name ?? "a check").replaceAll("_", " ")}: ${String(result ?? "unknown")}`;
}
