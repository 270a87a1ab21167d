import type { DataColumn } from "#components/data-table/columns.ts";
import { Moment } from "#components/ui/moment.tsx";
import { RiskBadge } from "#components/ui/risk-badge.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import type { ReviewItemRow } from "#lib/campaigns/review-types.ts";
import { ANSWER_WORDS, RISK_WORDS } from "./words.ts";

export type CampaignItemRow = ReviewItemRow & { campaignId: string };

export const holderText = (row: ReviewItemRow): string =>
  row.personName ? `${row.personName}, as ${row.identityName}` : `${row.identityName} (no known person)`;

export const itemColumns: readonly DataColumn<CampaignItemRow>[] = [
  {
    id: "access",
    header: "Access",
    cell: (row) => (
      <span title={row.entitlementName}>
        <TextLink href={`/campaigns/${row.campaignId}/items/${row.id}`}>{row.meaning ?? row.entitlementName}</TextLink>
        {row.resourceName ? ` on ${row.resourceName}` : ""}
      </span>
    ),
  },
  {
    id: "holder",
    header: "Held by",
    width: 230,
    cell: (row) => holderText(row),
  },
  { id: "source", header: "Source", width: 150, hideBelow: 1120, cell: (row) => row.sourceName },
  {
    id: "risk",
    header: "Risk",
    width: 148,
    cell: (row) => (
      <span title={row.riskReasons.map((reason) => RISK_WORDS[reason]).join(", ")}>
        <RiskBadge risk={row.riskClass} />
      </span>
    ),
  },
  { id: "answer", header: "Answer", width: 130, cell: (row) => (row.answer ? ANSWER_WORDS[row.answer].done : "none yet") },
  { id: "state", header: "State", width: 130, cell: (row) => <StateBadge state={row.state} /> },
  {
    id: "used",
    header: "Last used",
    width: 140,
    hideBelow: 1120,
    cell: (row) => <Moment at={row.lastUsed.at} kind={row.lastUsed.kind} show="relative" />,
  },
];
