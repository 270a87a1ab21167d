"use client";
import { ExceptionMark } from "#components/exceptions/exception-mark.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { RiskBadge } from "#components/ui/risk-badge.tsx";
import { SmallButton } from "#components/ui/small-button.tsx";
import type { ReviewItemRow } from "#lib/campaigns/types.ts";
import { privilegeWords, RISK_WORDS } from "../words.ts";
import { type Decide, DecisionButtons } from "./decision-buttons.tsx";
import classes from "./review.module.css";
import { meaningOf, reachText } from "./review-columns.tsx";

/** A phone's item: subject, meaning, the top three facts, two big buttons; the rest one tap away. */
export function ItemCard({ row, onDecide, onMore }: { row: ReviewItemRow; onDecide: Decide; onMore: (row: ReviewItemRow) => void }) {
  return (
    <article className={classes.card} aria-label={meaningOf(row)}>
      <header className={classes.cardHead}>
        <strong>{meaningOf(row)}</strong>
        <RiskBadge risk={row.riskClass} />
      </header>
      <p className={classes.dim}>
        {row.entitlementName}
        {row.resourceName ? ` on ${row.resourceName}` : ""}
        {reachText(row) ? `, ${reachText(row)}` : ""}
      </p>
      {row.exception && <ExceptionMark exception={row.exception} />}
      <ul className={classes.facts}>
        <li>
          Last used: <Moment at={row.lastUsed.at} kind={row.lastUsed.kind} show="relative" />
        </li>
        <li>{privilegeWords(row.privileged)}</li>
        <li>
          {row.riskReasons
            .slice(0, 2)
            .map((reason) => RISK_WORDS[reason])
            .join(", ") || "nothing stands out"}
        </li>
      </ul>
      <DecisionButtons row={row} onDecide={onDecide} large />
      <SmallButton look="subtle" onClick={() => onMore(row)}>
        More about this access
      </SmallButton>
    </article>
  );
}
