"use client";

import Link from "next/link";
import { counted, dueText } from "#components/ui/moment-text.ts";
import { usePreferences } from "#components/ui/preferences.tsx";
import type { Lane } from "#lib/sessions/lanes.ts";
import classes from "./lanes.module.css";
import { PRIVILEGE_WORDS } from "./session-words.ts";

type SessionLanesProps = { lanes: readonly Lane[]; left: number; from: number; until: number };

const percent = (share: number) => `${(share * 100).toFixed(2)}%`;

/** A day by identity: sessions as bars, elevations as marks, each leading to its session. */
export function SessionLanes({ lanes, left, from, until }: SessionLanesProps) {
  const { zone } = usePreferences();
  if (lanes.length === 0) return <p className={classes.nothing}>No session in these 24 hours, as far as the sources tell.</p>;
  const at = (share: number) => {
    const iso = new Date(from + share * (until - from)).toISOString();
    return dueText(iso, zone, iso);
  };
  return (
    <div className={classes.lanes}>
      <ul className={classes.list} aria-label="Sessions by identity">
        {lanes.map((lane) => (
          <li key={`${lane.source} ${lane.name}`} className={classes.lane}>
            <Link
              href={`/sessions?${new URLSearchParams({ show: "all", q: lane.name })}`}
              prefetch={false}
              className={classes.name}
              title={`${lane.name}, ${lane.source}`}
            >
              {lane.name}
            </Link>
            <div className={classes.track}>
              {lane.bars.map((bar) => (
                <Link
                  key={bar.id}
                  href={`/sessions/${bar.id}`}
                  prefetch={false}
                  className={classes.bar}
                  data-privileged={bar.privileged}
                  data-open={bar.isNow || undefined}
                  style={{ left: percent(bar.from), width: `max(6px, ${percent(bar.to - bar.from)})` }}
                  aria-label={`Session ${PRIVILEGE_WORDS[bar.privileged]}, ${at(bar.from)} to ${bar.isNow ? "now" : at(bar.to)}`}
                  title={`${PRIVILEGE_WORDS[bar.privileged]}, ${at(bar.from)} to ${bar.isNow ? "now" : at(bar.to)}`}
                />
              ))}
              {lane.marks.map((mark) => (
                <Link
                  key={mark.id}
                  href={`/sessions/${mark.id}`}
                  prefetch={false}
                  className={classes.mark}
                  style={{ left: percent(mark.at) }}
                  aria-label={`Elevation into ${mark.label}, ${at(mark.at)}`}
                  title={`Elevation into ${mark.label}, ${at(mark.at)}`}
                />
              ))}
            </div>
          </li>
        ))}
      </ul>
      <div className={classes.axis} aria-hidden>
        <span>{at(0)}</span>
        <span>{at(1)}</span>
      </div>
      <p className={classes.key}>
        <span className={classes.swatch} data-privileged="yes" /> privileged <span className={classes.swatch} data-privileged="no" />{" "}
        ordinary <span className={classes.swatch} data-privileged="unknown" /> unknown <span className={classes.diamond} /> elevation
        {left > 0 && <> · {counted(left, "more identity").replace(/identitys$/, "identities")} with fewer</>}
      </p>
    </div>
  );
}
