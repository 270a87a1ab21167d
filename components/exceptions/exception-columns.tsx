import type { DataColumn } from "#components/data-table/columns.ts";
import { Moment } from "#components/ui/moment.tsx";
import { RiskBadge } from "#components/ui/risk-badge.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import type { ExceptionRow } from "#lib/exceptions/types.ts";
import { STEP_WORDS } from "./exception-words.ts";

export const exceptionColumns: readonly DataColumn<ExceptionRow>[] = [
  { id: "label", header: "Access", cell: (row) => <TextLink href={`/exceptions/${row.id}`}>{row.label}</TextLink> },
  { id: "risk", header: "Risk", width: 136, hideBelow: 640, cell: (row) => <RiskBadge risk={row.riskClass} /> },
  { id: "state", header: "State", width: 168, cell: (row) => <StateBadge state={row.state} /> },
  { id: "ends", header: "Ends", width: 224, cell: (row) => <Ends row={row} /> },
  { id: "waits", header: "Waits for", width: 170, hideBelow: 800, cell: (row) => <WaitsFor row={row} /> },
  { id: "asked", header: "Asked by", width: 160, hideBelow: 1120, cell: (row) => row.requesterName ?? "unknown" },
];

function Ends({ row }: { row: ExceptionRow }) {
  if (row.endedAt)
    return (
      <>
        ended <Moment at={row.endedAt} show="date" />
      </>
    );
  if (row.isExpiring)
    return (
      <ToneText tone="warning">
        expires soon, <Moment at={row.expiresAt} show="date" />
      </ToneText>
    );
  return <Moment at={row.expiresAt} show="date" />;
}

function WaitsFor({ row }: { row: ExceptionRow }) {
  if (row.waitsFor === null) return row.state === "CHANGES_REQUESTED" ? "whoever asked for it" : "nobody";
  const what = row.isRenewalPending ? " (renewal)" : "";
  if (row.waitsForMe) return <ToneText tone="warning">you{what}</ToneText>;
  return (
    <>
      {STEP_WORDS[row.waitsFor]}
      {what}
    </>
  );
}
