import { Moment } from "./moment.tsx";
import { countText } from "./moment-text.ts";
import { ToneText } from "./tone-text.tsx";

type FreshnessProps = {
  /** When the oldest of the sources that this page rests on was last read whole; null when one never was. */
  syncedAt: string | null;
  complete: number;
  total: number;
};

/** "synced 14 min ago, 4 of 4 sources complete". Stands in the summary of each page that shows inventory. */
export function Freshness({ syncedAt, complete, total }: FreshnessProps) {
  if (total === 0) return <ToneText tone="unknown">no source yet, so what exists is unknown</ToneText>;
  const sources = `${countText(complete)} of ${countText(total)} ${total === 1 ? "source" : "sources"} complete`;
  return (
    <span>
      {syncedAt ? (
        <>
          synced <Moment at={syncedAt} show="relative" />
        </>
      ) : (
        "not synced yet"
      )}
      , {complete === total ? sources : <ToneText tone="warning">{sources}</ToneText>}
    </span>
  );
}
