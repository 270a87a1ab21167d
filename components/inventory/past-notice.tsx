import { Moment } from "#components/ui/moment.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import type { PastState } from "#lib/inventory/past-day.ts";
import { utcDayText } from "./access-words.ts";
import classes from "./inventory.module.css";

type PastNoticeProps = {
  day: string;
  state: PastState;
  what: string;
  source: string;
  sourceSince: string | null;
  /** Something was left out of the replay. */
  isCut: boolean;
  /** Other sources that had not been read by then. */
  unread?: readonly string[];
};

/** Which day the page speaks of, what that rests on, and what nobody can say of it. */
export function PastNotice({ day, state, what, source, sourceSince, isCut, unread = [] }: PastNoticeProps) {
  return (
    <div className={classes.notice} role="status">
      <strong>As of the end of {utcDayText(day)}</strong>
      {state === "unknown" ? (
        <span>
          <ToneText tone="unknown">Unknown.</ToneText>{" "}
          {sourceSince ? (
            <>
              {source} was first read here <Moment at={sourceSince} />; what it held before that, nobody can say from here.
            </>
          ) : (
            <>{source} was never read here.</>
          )}
        </span>
      ) : state === "not_there" ? (
        <span>
          {source} had been read by then and did not hold this {what}.
        </span>
      ) : (
        <span>Replayed from what the syncs read until then. When something was last used has no history, so it is not shown.</span>
      )}
      {state !== "unknown" && unread.length > 0 && (
        <span>
          <ToneText tone="unknown">Unknown</ToneText> what was held in {unread.join(", ")}: first read here after that day.
        </span>
      )}
      {isCut && <ToneText tone="warning">More was reached than is replayed for one page; the list below is not whole.</ToneText>}
    </div>
  );
}
