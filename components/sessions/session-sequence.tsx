import { Moment } from "#components/ui/moment.tsx";
import { countText } from "#components/ui/moment-text.ts";
import { TextLink } from "#components/ui/text-link.tsx";
import { Timeline, type TimelineEvent } from "#components/ui/timeline.tsx";
import type { SequenceEvent, SequenceStep } from "#lib/sessions/sequence.ts";
import type { SessionView } from "#lib/sessions/types.ts";
import { MFA_WORDS } from "./session-words.ts";

type SessionSequenceProps = {
  session: SessionView;
  parent: SessionView | null;
  /** The event that gave this session out. */
  issue: { at: string; action: string; mfa: "yes" | "no" | "unknown"; address: string | null } | null;
  steps: readonly SequenceStep[];
};

/** Downwards as it happened: challenge, token, elevation, actions, end. What nobody tells is said, not left out. */
export function SessionSequence({ session, parent, issue, steps }: SessionSequenceProps) {
  return (
    <Timeline
      label="What happened in this session"
      events={[...openingOf(session, parent, issue), ...steps.map(stepOf), endOf(session)].filter((event) => event !== null)}
    />
  );
}

function openingOf(session: SessionView, parent: SessionView | null, issue: SessionSequenceProps["issue"]): (TimelineEvent | null)[] {
  if (parent)
    return [
      parent.startedAt
        ? {
            id: "parent",
            at: parent.startedAt,
            title: (
              <>
                <TextLink href={`/sessions/${parent.id}`}>{parent.identity}</TextLink> signed in
              </>
            ),
            detail: `By ${parent.authenticatedBy ?? "unknown means"}, ${MFA_WORDS[parent.mfa]}`,
          }
        : null,
      {
        id: "elevation",
        at: issue?.at ?? session.startedAt ?? session.firstSeenAt,
        title: `Elevated into ${session.identity}`,
        detail: [issue?.action, issue ? MFA_WORDS[issue.mfa] : null, issue?.address ? `from ${issue.address}` : null]
          .filter(Boolean)
          .join(", "),
        tone: "warning",
      },
    ];
  if (!session.startedAt) return [];
  const how = session.authenticatedBy ? `By ${session.authenticatedBy}` : "How they signed in is unknown";
  const elevation = session.elevatedBy ? `, elevated by ${session.elevatedBy}` : "";
  return [{ id: "begin", at: session.startedAt, title: "Session begins", detail: `${how}, ${MFA_WORDS[session.mfa]}${elevation}` }];
}

function stepOf(step: SequenceStep, index: number): TimelineEvent {
  if (step.kind === "event") return { id: `step-${index}`, at: step.event.at, ...wordsOf(step.event) };
  const { count, failed, from, to, actions, more } = step;
  const names = actions.map(({ action, count: times }) => `${action} ${countText(times)}`).join(", ");
  return {
    id: `step-${index}`,
    at: from,
    title: `${countText(count)} ordinary ${count === 1 ? "call" : "calls"}${failed > 0 ? `, ${countText(failed)} refused` : ""}`,
    detail: (
      <>
        {names}
        {more > 0 && ` and ${countText(more)} more kinds`}
        {to !== from && (
          <>
            , until <Moment at={to} show="instant" />
          </>
        )}
      </>
    ),
  };
}

const TITLES: Readonly<Record<SequenceEvent["kind"], string>> = {
  challenge: "MFA challenge",
  sign_in: "Signed in",
  token_issued: "Token issued",
  privilege_granted: "Privilege granted",
  privilege_used: "Privilege used",
  other: "Call",
};

const REFUSED: Readonly<Record<SequenceEvent["kind"], string>> = {
  challenge: "MFA challenge failed",
  sign_in: "Sign-in failed",
  token_issued: "Token refused",
  privilege_granted: "Tried to grant privilege, refused",
  privilege_used: "Tried to use privilege, refused",
  other: "Call refused",
};

function wordsOf(event: SequenceEvent): Pick<TimelineEvent, "title" | "detail" | "tone"> {
  const failed = event.outcome === "failure";
  const title = `${(failed ? REFUSED : TITLES)[event.kind]}: ${event.action}`;
  const isGrave = failed || event.kind === "privilege_granted" || event.kind === "token_issued";
  return {
    title: event.issuedSessionId ? <TextLink href={`/sessions/${event.issuedSessionId}`}>{title}</TextLink> : title,
    detail: [event.target, event.error, event.kind === "other" ? null : MFA_WORDS[event.mfa]].filter(Boolean).join(", "),
    tone: isGrave ? "warning" : "neutral",
  };
}

function endOf(session: SessionView): TimelineEvent | null {
  const { isNow, expiresAt, goneAt, lastActiveAt, readAt } = session;
  if (isNow) {
    const at = readAt ?? lastActiveAt ?? session.firstSeenAt;
    return {
      id: "end",
      at,
      title: "Still open",
      detail: expiresAt ? (
        <>
          Its token ends at <Moment at={expiresAt} show="instant" />
        </>
      ) : session.told === "read" ? (
        "As the last sync saw it"
      ) : (
        "Nothing tells of its end; it did something in the last hour"
      ),
    };
  }
  if (goneAt) return { id: "end", at: goneAt, title: "Gone", detail: "The sync at this moment no longer saw it" };
  if (expiresAt) return { id: "end", at: expiresAt, title: "Token ended" };
  if (lastActiveAt) return { id: "end", at: lastActiveAt, title: "Last seen", detail: "Nothing tells of its end" };
  return null;
}
