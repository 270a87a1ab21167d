"use client";

import { ContentsDiff } from "#components/inventory/contents-diff.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { counted } from "#components/ui/moment-text.ts";
import { Timeline } from "#components/ui/timeline.tsx";
import type { ItemContext } from "#lib/campaigns/review-types.ts";
import { OUTCOME_WORDS } from "./fact-words.ts";
import classes from "./item-context.module.css";

/** Thirteen weeks of sessions: a bar each, and the same in words. */
export function UseByWeek({ use }: Pick<ItemContext, "use">) {
  if (!use.isTold) return <p>Unknown: the source tells no sessions.</p>;
  const most = Math.max(1, ...use.weeks);
  return (
    <>
      <p>
        {use.sessions === 0
          ? "No session in 13 weeks."
          : `${counted(use.sessions, "session")} in 13 weeks, ${use.privileged} of them privileged. The last was `}
        {use.lastAt && <Moment at={use.lastAt} show="relative" />}
      </p>
      {use.sessions > 0 && (
        <div className={classes.weeks} role="img" aria-label={`Sessions by week, the oldest first: ${use.weeks.join(", ")}`}>
          {use.weeks.map((sessions, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a week is its place
            <span key={at} style={{ height: `${Math.round((sessions / most) * 100)}%` }} data-none={sessions === 0 || undefined} />
          ))}
        </div>
      )}
    </>
  );
}

/** What was decided about the same access in campaigns that were signed off. */
export function PastDecisions({ past }: Pick<ItemContext, "past">) {
  if (past.length === 0) return <p>None: no signed-off campaign had this access.</p>;
  return (
    <Timeline
      label="Decided before"
      events={past.map(({ campaign, at, outcome, by, rationale }) => ({
        id: `${campaign} ${at}`,
        at: at ?? "",
        title: `${OUTCOME_WORDS[outcome]}${by ? ` by ${by}` : ", by nobody"} in ${campaign}`,
        detail: rationale ?? undefined,
      }))}
    />
  );
}

/** What it meant when it was last signed off, and what it means now. */
export function WhatChanged({ contents }: { contents: NonNullable<ItemContext["contents"]> }) {
  const { before, after, wasMeaning, meaning } = contents;
  return (
    <>
      {wasMeaning !== meaning && <p>It meant “{wasMeaning ?? "unknown"}”.</p>}
      {before === null && after === null ? (
        <p>The source does not tell its contents, only that they changed.</p>
      ) : (
        <ContentsDiff before={before} after={after} />
      )}
    </>
  );
}
