import type { DataColumn } from "#components/data-table/columns.ts";
import { ExceptionMark } from "#components/exceptions/exception-mark.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { RiskBadge } from "#components/ui/risk-badge.tsx";
import type { ReviewItemRow } from "#lib/campaigns/types.ts";
import { CHANGE_WORDS, privilegeWords, RISK_WORDS } from "../words.ts";
import { type Decide, DecisionButtons } from "./decision-buttons.tsx";
import classes from "./review.module.css";

/** What the access does, in words; the entitlement's own name behind it where the two differ. */
export function meaningOf(row: ReviewItemRow): string {
  return row.meaning ?? row.entitlementName;
}

export function reachText(row: ReviewItemRow): string | null {
  // Of a chain the meaning says it; the others reach what their identity does.
  if (row.reachCount === 0 || row.kind !== "grant") return null;
  const rest = row.reachCount - row.reachNames.length;
  return `gives ${row.reachNames.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

export function reviewColumns(onDecide: Decide): readonly DataColumn<ReviewItemRow>[] {
  return [
    {
      id: "access",
      header: "Access",
      cell: (row) => (
        <span
          className={classes.access}
          title={[meaningOf(row), row.entitlementName, privilegeWords(row.privileged), reachText(row)].filter(Boolean).join("\n")}
        >
          {row.privileged === "yes" && <span className={classes.privileged}>privileged</span>}
          {row.exception && <ExceptionMark exception={row.exception} isShort />}
          <span className={classes.meaning}>{meaningOf(row)}</span>
          <span className={classes.dim}>
            {" "}
            {row.meaning && row.meaning !== row.entitlementName ? row.entitlementName : null}
            {row.resourceName ? ` on ${row.resourceName}` : null}
            {reachText(row) ? `, ${reachText(row)}` : null}
          </span>
        </span>
      ),
    },
    {
      id: "risk",
      header: "Risk",
      width: 138,
      cell: (row) => (
        <span title={row.riskReasons.map((reason) => RISK_WORDS[reason]).join(", ")}>
          <RiskBadge risk={row.riskClass} />
        </span>
      ),
    },
    {
      id: "used",
      header: "Last used",
      width: 116,
      hideBelow: 640,
      cell: (row) =>
        row.lastUsed.kind === "not_supported" ? <NotTold /> : <Moment at={row.lastUsed.at} kind={row.lastUsed.kind} show="relative" />,
    },
    {
      id: "granted",
      header: "Granted",
      width: 152,
      hideBelow: 800,
      cell: (row) => (
        <span title={`${CHANGE_WORDS[row.change]}; ${row.grantedBy ? `granted by ${row.grantedBy}` : "granted by: unknown"}`}>
          {row.started.kind === "value" ? <Moment at={row.started.at} show="date" /> : <FirstSeen at={row.openedAt} />}
        </span>
      ),
    },
    { id: "factors", header: "Factors", width: 112, hideBelow: 1120, cell: (row) => row.factors },
    { id: "decision", header: "Decision", width: 248, cell: (row) => <DecisionButtons row={row} onDecide={onDecide} /> },
  ];
}

function NotTold() {
  return (
    <span className={classes.dim} title="not told by the source">
      not told
    </span>
  );
}

/** Where the source does not tell when a grant began, the first sync that saw it is what is known. */
function FirstSeen({ at }: { at: string | null }) {
  return at ? (
    <>
      seen <Moment at={at} show="date" />
    </>
  ) : (
    <Moment kind="unknown" />
  );
}
