import type { DataColumn } from "#components/data-table/columns.ts";
import { Moment } from "#components/ui/moment.tsx";
import { RiskBadge } from "#components/ui/risk-badge.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import { KIND_VERBS } from "#lib/remediation/task-words.ts";
import type { RemediationRow } from "#lib/remediation/types.ts";
import classes from "./remediation.module.css";
import { absencesText, isSettled, isWaitingForProof } from "./remediation-words.ts";
import { TicketLink } from "./ticket.tsx";

export const remediationColumns: readonly DataColumn<RemediationRow>[] = [
  {
    id: "label",
    header: "What to do",
    cell: (row) => <TextLink href={`/remediations/${row.id}`}>{`${KIND_VERBS[row.kind]}: ${row.label}`}</TextLink>,
  },
  { id: "risk", header: "Risk", width: 148, hideBelow: 640, cell: (row) => <RiskBadge risk={row.riskClass} /> },
  {
    id: "state",
    header: "State",
    width: 220,
    cell: (row) => (
      <span className={classes.state}>
        <StateBadge state={row.state} {...(isWaitingForProof(row.state) ? { title: absencesText(row.absences) } : {})} />
        {row.ticket && !isSettled(row.state) && <TicketLink ticket={row.ticket} />}
      </span>
    ),
  },
  { id: "due", header: "Due", width: 150, cell: (row) => <Due row={row} /> },
  {
    id: "source",
    header: "Source",
    width: 150,
    hideBelow: 960,
    cell: (row) => <TextLink href={`/sources/${row.sourceId}`}>{row.sourceName}</TextLink>,
  },
  {
    id: "campaign",
    header: "Campaign",
    width: 180,
    hideBelow: 1120,
    cell: (row) => <TextLink href={`/campaigns/${row.campaignId}`}>{row.campaignName}</TextLink>,
  },
  { id: "who", header: "Decided by", width: 150, hideBelow: 1120, cell: (row) => row.decidedByName ?? "nobody, by silence" },
];

function Due({ row }: { row: RemediationRow }) {
  if (row.hasRegrown) return <ToneText tone="danger">grew back</ToneText>;
  if (row.state === "VERIFIED")
    return (
      <>
        gone <Moment at={row.verifiedAt} show="relative" />
      </>
    );
  if (row.isOverdue)
    return (
      <ToneText tone="danger">
        <Moment at={row.slaDueAt} show="relative" />
      </ToneText>
    );
  return <Moment at={row.slaDueAt} show="relative" />;
}
