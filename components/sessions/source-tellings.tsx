import { FiguresTable } from "#components/campaigns/figures-table.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { countText } from "#components/ui/moment-text.ts";
import { TextLink } from "#components/ui/text-link.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import type { SourceTelling } from "#lib/sessions/types.ts";

/** Per source whether its sessions are read, derived or not told, since when, and how far that reaches. */
export function SourceTellings({ sources }: { sources: readonly SourceTelling[] }) {
  return (
    <FiguresTable
      caption="What each source tells of sessions"
      rows={sources}
      getRowId={({ sourceId }) => sourceId}
      columns={[
        { id: "source", header: "Source", cell: ({ sourceId, source }) => <TextLink href={`/sources/${sourceId}`}>{source}</TextLink> },
        {
          id: "told",
          header: "Sessions are",
          cell: ({ told }) => (told === "not told" ? <ToneText tone="unknown">not told: unknown</ToneText> : told),
        },
        { id: "since", header: "Since", cell: (row) => <Since row={row} /> },
        { id: "until", header: "As of", cell: (row) => <AsOf row={row} /> },
        { id: "events", header: "Events", align: "end", cell: ({ events }) => countText(events) },
        { id: "unmatched", header: "Of nobody known", align: "end", cell: ({ unmatched }) => countText(unmatched) },
        { id: "rejected", header: "Rejected", align: "end", cell: ({ rejected }) => countText(rejected) },
      ]}
    />
  );
}

function Since({ row: { readSince, derivedSince } }: { row: SourceTelling }) {
  const first = [readSince, derivedSince].filter((at) => at !== null).sort()[0];
  return first ? <Moment at={first} show="date" /> : <>never</>;
}

function AsOf({ row: { readAt, derivedUntil } }: { row: SourceTelling }) {
  const last = [readAt, derivedUntil]
    .filter((at) => at !== null)
    .sort()
    .at(-1);
  return last ? <Moment at={last} show="relative" /> : <>never</>;
}
