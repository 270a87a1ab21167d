import { ToneText } from "#components/ui/tone-text.tsx";
import type { Ticket } from "#lib/remediation/types.ts";

/** By its reference; in a page of its own, which learns nothing of ours. */
export function TicketLink({ ticket: { reference, link } }: { ticket: Ticket }) {
  if (link === null) return <ToneText tone="neutral">{reference}</ToneText>;
  return (
    <a href={link} target="_blank" rel="noopener noreferrer external">
      {reference}
    </a>
  );
}
