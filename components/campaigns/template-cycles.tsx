"use client";

import { Moment } from "#components/ui/moment.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import { explainCycleAction } from "#lib/campaigns/actions.ts";
import type { CycleRow } from "#lib/campaigns/plan-types.ts";
import { MISSED_WORDS } from "./campaign-words.ts";
import { ReasonButton } from "./reason-button.tsx";
import classes from "./template-cycles.module.css";

type TemplateCyclesProps = { templateId: string; cycles: CycleRow[]; next: string[]; zone: string; canManage: boolean };

/** The planned starts ahead, then those that were due: what became of each, and why where nothing did. */
export function TemplateCycles({ templateId, cycles, next, zone, canManage }: TemplateCyclesProps) {
  return (
    <ol className={classes.cycles} aria-label="Cycles">
      {next.toReversed().map((at) => (
        <li key={at} className={classes.cycle}>
          <Moment at={at} zone={zone} show="instant" />
          <span className={classes.dim}>planned</span>
        </li>
      ))}
      {cycles.map((cycle) => (
        <li key={cycle.cycleAt} className={classes.cycle} data-missed={cycle.missedBecause !== null || undefined}>
          <Moment at={cycle.cycleAt} zone={zone} show="instant" />
          <span className={classes.what}>
            {cycle.campaign && (
              <>
                <TextLink href={`/campaigns/${cycle.campaign.id}`}>{cycle.campaign.name}</TextLink>{" "}
                <StateBadge state={cycle.campaign.state} />
              </>
            )}
            {cycle.missedBecause && <Missed templateId={templateId} cycle={cycle} zone={zone} canManage={canManage} />}
          </span>
        </li>
      ))}
      {next.length + cycles.length === 0 && <li className={classes.dim}>None so far, and none is planned.</li>}
    </ol>
  );
}

type MissedProps = { templateId: string; cycle: CycleRow; zone: string; canManage: boolean };

function Missed({ templateId, cycle, zone, canManage }: MissedProps) {
  const { missedBecause, reason, reasonBy, reasonAt, cycleAt } = cycle;
  if (!missedBecause) return null;
  return (
    <>
      <ToneText tone={reason === null ? "warning" : "neutral"}>Missed: {MISSED_WORDS[missedBecause]}.</ToneText>
      {reason !== null ? (
        <span>
          {reason}{" "}
          <span className={classes.dim}>
            {reasonBy ?? "somebody unknown"}
            {reasonAt && (
              <>
                , <Moment at={reasonAt} zone={zone} show="instant" />
              </>
            )}
          </span>
        </span>
      ) : (
        canManage && (
          <ReasonButton
            size="compact-sm"
            variant="default"
            action={explainCycleAction}
            read={(text) => ({ templateId, cycleAt, reason: text })}
            title="Why was this cycle missed?"
            consequence="The reason stands in the evidence of the cycles before and after, under your name. It is given once."
          >
            Give the reason
          </ReasonButton>
        )
      )}
    </>
  );
}
