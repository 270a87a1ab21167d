import { countText } from "#components/ui/moment-text.ts";
import classes from "./progress-bar.module.css";

type ProgressBarProps = {
  /** What it is of: "Items handed in". */
  label: string;
  total: number;
  /** Handed in, and answered but not handed in. */
  submitted: number;
  answered: number;
};

/** Handed in (full), answered (half) and the rest, with the numbers beside it. */
export function ProgressBar({ label, total, submitted, answered }: ProgressBarProps) {
  const share = (count: number) => (total === 0 ? 0 : (Math.min(count, total) / total) * 100);
  const words = `${countText(submitted)} of ${countText(total)}`;
  return (
    <span className={classes.progress} title={`${label}: ${words}, ${countText(answered)} answered`}>
      <span className={classes.track} role="img" aria-label={`${label}: ${words}`}>
        <span className={classes.answered} style={{ width: `${share(answered)}%` }} />
        <span className={classes.submitted} style={{ width: `${share(submitted)}%` }} />
      </span>
      <span className={`${classes.words} numbers`}>{words}</span>
    </span>
  );
}
