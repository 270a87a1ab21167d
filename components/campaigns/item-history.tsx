import { counted } from "#components/ui/moment-text.ts";
import { Timeline, type TimelineEvent } from "#components/ui/timeline.tsx";
import type { AssignmentRow, DecisionRow, ItemDetail } from "#lib/campaigns/review-types.ts";
import { termsText } from "#lib/campaigns/terms-words.ts";
import { ANSWER_WORDS } from "./words.ts";

/** Every answer and every change of hands, newest first. */
export function ItemHistory({ item }: { item: ItemDetail }) {
  const events = [...item.decisions.map(answered), ...item.assignments.map(moved)].sort((a, b) => (a.at < b.at ? 1 : -1));
  if (events.length === 0) return <p>Nothing has happened to this item yet.</p>;
  return <Timeline label="What happened to this item" events={events} />;
}

function answered(decision: DecisionRow): TimelineEvent {
  const who = decision.userName ?? decision.reviewerName ?? "somebody unknown";
  const facts = [
    decision.seconds === null ? null : `looked at for ${counted(decision.seconds, "second")}`,
    decision.evidenceViewed ? "details opened" : "details not opened",
    decision.batchSize > 1 ? `together with ${decision.batchSize - 1} more` : null,
    decision.isLate ? "late" : null,
    `signed in with ${decision.authenticatedBy}`,
  ].filter((fact) => fact !== null);
  return {
    id: decision.id,
    at: decision.decidedAt,
    title: `${decision.answer === "withdrawn" ? "Taken back" : ANSWER_WORDS[decision.answer].done} by ${who}${decision.onBehalfOf ? ` on behalf of ${decision.onBehalfOf}` : ""}`,
    detail: (
      <>
        {decision.terms && <p>{termsText(decision.terms)}</p>}
        {decision.rationale && <p>“{decision.rationale}”</p>}
        <p>{facts.join(", ")}</p>
      </>
    ),
    ...(decision.isLate ? { tone: "warning" as const } : {}),
  };
}

const CAUSES: Readonly<Record<string, string>> = {
  reassign: "Reassigned",
  escalate: "Escalated",
  reviewer_left: "Moved on, because the reviewer left",
  abstained: "Moved on, because the reviewer abstained",
  reopened: "Reopened",
  fallback: "Given to the fallback",
  delegated: "Handed to who stands in",
  override: "Given by two people",
  next_round: "Into the next round",
  circle: "Moved on, because reviews would have closed a circle",
  security: "Left to security",
  exception_refused: "Moved on, because no exception was given",
  exception_lapsed: "Open again, because its exception is not in force",
};

const moved = (move: AssignmentRow): TimelineEvent => ({
  id: `${move.at} ${move.cause} ${move.toName}`,
  at: move.at,
  title: `${CAUSES[move.cause] ?? move.cause.replaceAll("_", " ")}${move.fromName && move.fromName !== move.toName ? ` from ${move.fromName}` : ""}${move.toName ? ` to ${move.toName}` : ""}`,
  detail: move.reason ? <p>“{move.reason}”</p> : undefined,
});
