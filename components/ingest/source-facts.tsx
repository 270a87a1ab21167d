import { streamLabel } from "#components/connectors/stream-words.ts";
import { DefinitionList } from "#components/ui/definition-list.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { countText } from "#components/ui/moment-text.ts";
import { TextLink } from "#components/ui/text-link.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import type { SourceView } from "#lib/ingest/queries.ts";
import { STREAM_NAMES } from "#lib/inventory/streams.ts";
import classes from "./ingest.module.css";
import { scheduleText } from "./schedule-words.ts";

/** How fresh the source is and when it is read again. */
export function FreshnessFacts({ source }: { source: SourceView }) {
  return (
    <DefinitionList
      facts={[
        { term: "Speaks of", value: <Moment at={source.observedAt} />, help: "The instant that what is live here was true at the source" },
        { term: "Last applied", value: <Moment at={source.lastAppliedAt} kind={source.lastAppliedAt ? "value" : "never"} /> },
        { term: "Schedule", value: scheduleText(source.schedule, source.scheduleZone) },
        { term: "Next run", value: source.nextRunAt ? <Moment at={source.nextRunAt} /> : "none is planned" },
        { term: "Held back when", value: `a stream loses more than ${source.dropThreshold} % of its records` },
        { term: "What it last told", value: <Counts source={source} /> },
      ]}
    />
  );
}

function Counts({ source: { counts, lastRun, id } }: { source: SourceView }) {
  const told = STREAM_NAMES.filter((stream) => counts[stream] !== undefined);
  if (told.length === 0) return <span className={classes.dimmed}>nothing yet, so what it holds is unknown</span>;
  const text = told.map((stream) => `${countText(counts[stream] ?? 0)} ${streamLabel(stream).toLowerCase()}`).join(" · ");
  return lastRun ? <TextLink href={`/sources/${id}/runs/${lastRun.id}`}>{text}</TextLink> : text;
}

/** What it is and who answers for it. */
export function IdentityFacts({ source }: { source: SourceView }) {
  return (
    <DefinitionList
      facts={[
        { term: "Kind", value: source.kindLabel },
        { term: "People", value: source.isPeopleSource ? "may create people" : "only matched to people of other sources" },
        { term: "Owner", value: source.owner },
        { term: "Added", value: <Moment at={source.createdAt} /> },
        {
          term: "Secret",
          value: source.hasSecret ? "kept encrypted, and never shown" : "none is kept",
        },
        {
          term: "Writes",
          value: source.areWritesEnabled ? (
            <ToneText tone="warning">on: this program may remove access</ToneText>
          ) : (
            "off: this program only reads"
          ),
        },
      ]}
    />
  );
}
