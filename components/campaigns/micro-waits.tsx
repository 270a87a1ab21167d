import { Moment } from "#components/ui/moment.tsx";
import { counted } from "#components/ui/moment-text.ts";
import type { MicroWaits as Waits } from "#lib/campaigns/micro-page.sql.ts";
import classes from "./micro.module.css";
import { microTitle } from "./micro-words.ts";

/** Subjects that a rule's rate keeps waiting, and when they start. `isOn`: a rule that is off starts nothing. */
export function MicroWaits({ waits, isOn }: { waits: readonly Waits[]; isOn: (rule: Waits["rule"]) => boolean }) {
  return waits.map(({ rule, of, next, rows }) => (
    <div key={rule} className={classes.rule}>
      <h3 className={classes.title}>
        {microTitle(rule)}: {counted(of, "subject")}
      </h3>
      <p>
        {!isOn(rule) ? (
          "The rule is off: they wait until it is on again."
        ) : next ? (
          <>
            The rule has started as many as it may in a day. The next starts after <Moment at={next} />, the longest waiting first.
          </>
        ) : (
          "There is room for them again: they start within minutes, the longest waiting first."
        )}
      </p>
      <ul className={classes.starts}>
        {rows.map((row) => (
          <li key={`${row.subjectId} ${row.runId}`} className={classes.start}>
            <span className={classes.head}>
              {row.label}
              <span className={classes.dimmed}>
                {counted(row.found, "grant")}, waiting since <Moment at={row.at} show="relative" />
              </span>
            </span>
          </li>
        ))}
      </ul>
      {of > rows.length && <p className={classes.dimmed}>and {of - rows.length} more</p>}
    </div>
  ));
}
