"use client";
import { useEffect, useState } from "react";
import { Moment } from "#components/ui/moment.tsx";
import { RiskBadge } from "#components/ui/risk-badge.tsx";
import { SmallButton } from "#components/ui/small-button.tsx";
import type { ReviewItemRow } from "#lib/campaigns/review-types.ts";
import { contentsChangeWords, lastDecisionWords, peersWords } from "../fact-words.ts";
import { RowFacts } from "../row-facts.tsx";
import { isOpen, RISK_WORDS } from "../words.ts";
import { type Decide, DecisionButtons } from "./decision-buttons.tsx";
import { Marks, SuggestionLine } from "./fact-lines.tsx";
import classes from "./one-item.module.css";
import { meaningOf, reachText } from "./row-words.ts";

type OneItemProps = {
  /** In the order to be decided. */
  rows: readonly ReviewItemRow[];
  rowNow: (id: string) => ReviewItemRow | undefined;
  stagedAt: string;
  onDecide: Decide;
  onMore: (row: ReviewItemRow) => void;
  onActiveChange: (row: ReviewItemRow | null) => void;
  /** Where the next one is shown, once this one was decided. */
  next: { current: (() => void) | null };
};

/** A phone's review: one item at a time, its facts, and two big buttons at the thumb. */
export function OneItem({ rows, rowNow, stagedAt, onDecide, onMore, onActiveChange, next }: OneItemProps) {
  const [id, setId] = useState<string | null>(null);
  const found = rows.findIndex((row) => row.id === id);
  const at = found >= 0 ? found : Math.max(0, firstOpen(rows, rowNow, 0));
  const shown = rows[at];
  const row = shown && (rowNow(shown.id) ?? shown);
  useEffect(() => onActiveChange(row ?? null), [row, onActiveChange]);
  next.current = () => {
    const open = firstOpen(rows, rowNow, at + 1);
    const target = rows[open >= 0 ? open : at + 1];
    if (target) setId(target.id);
  };
  if (!row) return null;
  const who = row.personName ?? row.identityName;
  const changed = contentsChangeWords(row);
  const go = (to: number) => rows[to] && setId(rows[to].id);
  return (
    <article className={classes.item} aria-label={`${meaningOf(row)}, ${who}`}>
      <nav className={classes.place} aria-label="Items">
        <SmallButton look="subtle" disabled={at === 0} onClick={() => go(at - 1)}>
          Back
        </SmallButton>
        <span aria-live="polite">{`Item ${at + 1} of ${rows.length}: ${who}`}</span>
        <SmallButton look="subtle" disabled={at >= rows.length - 1} onClick={() => go(at + 1)}>
          Skip
        </SmallButton>
      </nav>
      <header className={classes.head}>
        <p className={classes.who}>{[who, row.department].filter(Boolean).join(" · ")}</p>
        <h2 className={classes.meaning}>{meaningOf(row)}</h2>
        <p className={classes.dim}>
          {[
            row.onBehalfOf && `on behalf of ${row.onBehalfOf}`,
            `${row.entitlementName}${row.resourceName ? ` on ${row.resourceName}` : ""}`,
            reachText(row),
          ]
            .filter(Boolean)
            .join(", ")}
        </p>
        <span className={classes.marks}>
          <RiskBadge risk={row.riskClass} /> <Marks row={row} />
        </span>
      </header>
      <ul className={classes.facts} aria-label="The facts that matter most">
        {row.conflicts.map((conflict) => (
          <li key={conflict}>{conflict}</li>
        ))}
        {changed && <li>Changed: {changed}</li>}
        <li>
          Last used: <Moment at={row.lastUsed.at} kind={row.lastUsed.kind} show="relative" />; {peersWords(row)}
        </li>
        <li>Last time: {lastDecisionWords(row)}</li>
        <li>
          {row.riskReasons
            .slice(0, 2)
            .map((reason) => RISK_WORDS[reason])
            .join(", ") || "nothing stands out"}
        </li>
      </ul>
      {row.answer === null && isOpen(row.state) && (
        <p className={classes.suggestion}>
          <SuggestionLine row={row} stagedAt={stagedAt} />
        </p>
      )}
      <details className={classes.more}>
        <summary>All facts</summary>
        <RowFacts row={row} />
      </details>
      <SmallButton look="subtle" onClick={() => onMore(row)}>
        More about this access
      </SmallButton>
      <div className={classes.thumb}>
        <DecisionButtons row={row} onDecide={onDecide} large />
      </div>
    </article>
  );
}

function firstOpen(rows: readonly ReviewItemRow[], rowNow: OneItemProps["rowNow"], from: number): number {
  for (let at = from; at < rows.length; at += 1) {
    const row = rows[at];
    const now = row && (rowNow(row.id) ?? row);
    if (now && isOpen(now.state) && now.answer === null) return at;
  }
  return -1;
}
