import type { DataColumn } from "#components/data-table/columns.ts";
import { RiskBadge } from "#components/ui/risk-badge.tsx";
import type { ReviewItemRow } from "#lib/campaigns/review-types.ts";
import { factorsWords } from "../fact-words.ts";
import { RISK_WORDS } from "../words.ts";
import { type Decide, DecisionButtons } from "./decision-buttons.tsx";
import { AccessLines, GrantedLines, LastLines, SuggestionLine, UseLines } from "./fact-lines.tsx";
import type { Grouping } from "./grouping.ts";
import classes from "./review.module.css";

/** Facts first, what they speak for last, beside the buttons. */
export function reviewColumns(onDecide: Decide, by: Grouping, stagedAt: string): readonly DataColumn<ReviewItemRow>[] {
  return [
    { id: "access", header: "Access", cell: (row) => <AccessLines row={row} by={by} /> },
    {
      id: "risk",
      header: "Risk, factors",
      width: 118,
      hideBelow: 640,
      cell: (row) => (
        <span className={classes.lines} title={row.riskReasons.map((reason) => RISK_WORDS[reason]).join(", ")}>
          <RiskBadge risk={row.riskClass} isShort />
          <span className={classes.dimLine}>{row.factors === "unknown" ? "factors unknown" : factorsWords(row.factors)}</span>
        </span>
      ),
    },
    { id: "used", header: "Last used", width: 118, cell: (row) => <UseLines row={row} /> },
    { id: "granted", header: "Granted", width: 112, hideBelow: 960, cell: (row) => <GrantedLines row={row} /> },
    { id: "last", header: "Last time", width: 112, hideBelow: 800, cell: (row) => <LastLines row={row} /> },
    {
      id: "decision",
      header: "Decision",
      width: 216,
      cell: (row) => (
        <span className={classes.lines}>
          <DecisionButtons row={row} onDecide={onDecide} />
          {row.answer === null && row.state !== "VOIDED" && <SuggestionLine row={row} stagedAt={stagedAt} />}
        </span>
      ),
    },
  ];
}
