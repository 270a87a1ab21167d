import { Moment } from "#components/ui/moment.tsx";
import { countText } from "#components/ui/moment-text.ts";
import { TextLink } from "#components/ui/text-link.tsx";
import { Timeline } from "#components/ui/timeline.tsx";
import type { RecordHistory } from "#lib/inventory/record-history.sql.ts";
import type { Stream } from "#lib/inventory/streams.ts";
import { historyText } from "./history-words.ts";
import classes from "./inventory.module.css";

type HistoryProps = {
  history: RecordHistory;
  /** Stream of the thing whose history it is. */
  subject: Stream;
  /** Where the whole of it is. */
  wholeHref: string | null;
  /** When its source was first read: nothing is known of the time before. */
  since?: string | null;
};

/** What each sync found new or otherwise, newest first; a sync that found nothing new is no entry. */
export function History({ history, subject, wholeHref, since = null }: HistoryProps) {
  const events = history.entries.map(({ runId, at, sourceId, source, lines, lineCount }) => ({
    id: runId,
    at,
    title: (
      <>
        <TextLink href={`/sources/${sourceId}/runs/${runId}`}>Sync of {source}</TextLink>
      </>
    ),
    detail: (
      <ul className={classes.lines}>
        {lines.map((line, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two lines of a run may read alike and none has an id
          <li key={at}>{historyText(line, subject)}</li>
        ))}
        {lineCount > lines.length && <li>and {countText(lineCount - lines.length)} more in this sync</li>}
      </ul>
    ),
  }));
  return (
    <div className={classes.stack}>
      {events.length === 0 ? <p>Nothing was seen to change.</p> : <Timeline label="History" events={events} />}
      {history.hasMore && wholeHref && <TextLink href={wholeHref}>Show the whole history</TextLink>}
      {since && !history.hasMore && (
        <p className={classes.small}>
          Before <Moment at={since} show="instant" /> its source had not been read here: what was then is unknown.
        </p>
      )}
    </div>
  );
}
