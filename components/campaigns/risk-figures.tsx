import { countText } from "#components/ui/moment-text.ts";
import { RiskBadge } from "#components/ui/risk-badge.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import type { RiskRow } from "#lib/campaigns/campaign-types.ts";
import { type FigureColumn, FiguresTable } from "./figures-table.tsx";

const COUNTS = ["items", "keep", "revoke", "abstain", "exceptionRequested", "termed", "open"] as const;
/** Shown where there is one: a column of zeros tells nothing and takes the others' room. */
const RARE: readonly string[] = ["abstain", "exceptionRequested", "termed"];
const WORDS = {
  items: "Items",
  keep: "Kept",
  revoke: "To be revoked",
  abstain: "Abstained",
  exceptionRequested: "Exception requested",
  termed: "To be changed",
  open: "Open",
} as const;
const FILTERS = {
  items: "",
  open: "&state=open",
  keep: "&answer=keep",
  revoke: "&answer=revoke",
  abstain: "&answer=abstain",
  exceptionRequested: "&answer=exception_requested",
  termed: "&answer=termed",
} as const;

/** Outcomes by risk class. Counts lead to their items. */
export function RiskFigures({ campaignId, rows }: { campaignId: string; rows: readonly RiskRow[] }) {
  const items = `/campaigns/${campaignId}/items`;
  const counts = COUNTS.filter((count) => !RARE.includes(count) || rows.some((row) => row[count] > 0));
  const columns: FigureColumn<RiskRow>[] = [
    { id: "risk", header: "Risk", cell: (row) => <RiskBadge risk={row.riskClass} /> },
    ...counts.map((count) => ({
      id: count,
      header: WORDS[count],
      align: "end" as const,
      cell: (row: RiskRow) => {
        if (row[count] === 0) return "0";
        return <TextLink href={`${items}?risk=${row.riskClass}${FILTERS[count]}`}>{countText(row[count])}</TextLink>;
      },
    })),
  ];
  const totals = ["All", ...counts.map((count) => countText(rows.reduce((sum, row) => sum + row[count], 0)))];
  return <FiguresTable caption="Outcomes by risk class" columns={columns} rows={rows} getRowId={(row) => row.riskClass} totals={totals} />;
}
