import type { ReactNode } from "react";
import { Moment } from "./moment.tsx";
import classes from "./timeline.module.css";
import type { Tone } from "./tokens.ts";

export type TimelineEvent = { id: string; at: string; title: ReactNode; detail?: ReactNode; tone?: Tone };

/** What happened, in the order given: newest first unless the page says otherwise. */
export function Timeline({ events, label }: { events: readonly TimelineEvent[]; label: string }) {
  return (
    <ol className={classes.list} aria-label={label}>
      {events.map((event) => (
        <li key={event.id} className={classes.event} data-tone={event.tone ?? "neutral"}>
          <div className={classes.head}>
            <span>{event.title}</span>
            <span className={classes.at}>
              <Moment at={event.at} show="instant" />
            </span>
          </div>
          {event.detail && <div className={classes.detail}>{event.detail}</div>}
        </li>
      ))}
    </ol>
  );
}
