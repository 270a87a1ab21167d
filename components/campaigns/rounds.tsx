import { IconCircle, IconCircleCheck, IconCircleDot } from "@tabler/icons-react";
import { Moment } from "#components/ui/moment.tsx";
import { counted, countText } from "#components/ui/moment-text.ts";
import type { CampaignPage, RoundRow } from "#lib/campaigns/campaign-types.ts";
import classes from "./campaign-page.module.css";
import { STRATEGY_WORDS } from "./plan-words.ts";

/** Each pass over the items: over, under way, or to come. */
export function Rounds({ campaign }: { campaign: CampaignPage }) {
  const { rounds, round, plan, zone, state } = campaign;
  const isOver = state !== "STAGED" && state !== "ACTIVE" && state !== "PAUSED";
  return (
    <>
      <ol className={classes.checks} aria-label="Rounds">
        {rounds.map((row) => (
          <li key={row.number} className={classes.check}>
            <span className={`${classes.checkWords} ${row.number < round ? classes.met : ""}`}>
              <Mark place={isOver || row.number < round ? "over" : row.number === round ? "now" : "later"} />
              <span>
                {row.number}. {row.name} <span className={classes.dim}>{progress(row, round, isOver)}</span>
              </span>
            </span>
            {row.endsAt && (
              <span className={classes.dim}>
                over by <Moment at={row.endsAt} zone={zone} />
              </span>
            )}
          </li>
        ))}
      </ol>
      <p className={classes.dim}>{STRATEGY_WORDS[plan.strategy]} At high and critical risk one revoke wins, whatever comes after it.</p>
    </>
  );
}

function progress({ number, answered, open }: RoundRow, round: number, isOver: boolean): string {
  if (!isOver && number > round) return "to come";
  if (!isOver && number === round) return `${countText(answered)} handed in, ${countText(open)} to go`;
  return `${counted(answered, "answer")} counted`;
}

const MARKS = { over: [IconCircleCheck, "Over"], now: [IconCircleDot, "Under way"], later: [IconCircle, "To come"] } as const;

function Mark({ place }: { place: keyof typeof MARKS }) {
  const [Icon, label] = MARKS[place];
  return <Icon size={16} stroke={1.5} aria-label={label} role="img" />;
}
