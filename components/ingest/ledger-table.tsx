import { FiguresTable } from "#components/campaigns/figures-table.tsx";
import { streamLabel } from "#components/connectors/stream-words.ts";
import { countText } from "#components/ui/moment-text.ts";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import type { RunStreamView } from "#lib/ingest/queries.ts";
import classes from "./ingest.module.css";

const columnsOf = (isRunning: boolean) => [
  { id: "stream", header: "Stream", cell: (row: RunStreamView) => streamLabel(row.stream) },
  {
    id: "declared",
    header: "Declared",
    align: "end" as const,
    cell: (row: RunStreamView) => (row.declared === null ? <span className={classes.dimmed}>not told</span> : countText(row.declared)),
  },
  { id: "read", header: "Read", align: "end" as const, cell: (row: RunStreamView) => countText(row.read) },
  { id: "kept", header: "= kept", align: "end" as const, cell: (row: RunStreamView) => countText(row.kept) },
  { id: "excluded", header: "+ excluded", align: "end" as const, cell: (row: RunStreamView) => countText(row.excluded) },
  {
    id: "rejected",
    header: "+ rejected",
    align: "end" as const,
    cell: (row: RunStreamView) =>
      row.rejected === "0" ? "0" : <TextLink href={`?show=rejected&rejected=${row.stream}#rows`}>{countText(row.rejected)}</TextLink>,
  },
  { id: "pages", header: "Pages", align: "end" as const, cell: (row: RunStreamView) => countText(row.pages) },
  {
    id: "state",
    header: "How far",
    cell: (row: RunStreamView) => (isRunning ? <span className={classes.dimmed}>so far</span> : <StateBadge state={row.completeness} />),
  },
  { id: "note", header: "To know", cell: (row: RunStreamView) => <Note row={row} /> },
];

function Note({ row: { declared, read, excluded, excludedBy, reason } }: { row: RunStreamView }) {
  const rules = Object.entries(excludedBy);
  return (
    <div className={classes.note}>
      {declared !== null && declared !== read && <ToneText tone="warning">not as many as declared</ToneText>}
      {reason && <span>{reason}</span>}
      {rules.length > 0 && (
        <details>
          <summary>
            {countText(excluded)} excluded by {rules.length === 1 ? "a rule" : `${rules.length} rules`}
          </summary>
          <ul>
            {rules.map(([rule, count]) => (
              <li key={rule}>
                {countText(count)}: {rule}
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

const total = (rows: readonly RunStreamView[], pick: (row: RunStreamView) => string): string =>
  countText(rows.reduce((sum, row) => sum + BigInt(pick(row)), 0n));

/** Where every record went: read = kept + excluded + rejected, stream by stream. */
export function LedgerTable({ rows, isRunning }: { rows: readonly RunStreamView[]; isRunning: boolean }) {
  const sums = [
    "All streams",
    rows.every(({ declared }) => declared !== null) ? total(rows, ({ declared }) => declared ?? "0") : "",
    total(rows, ({ read }) => read),
    total(rows, ({ kept }) => kept),
    total(rows, ({ excluded }) => excluded),
    total(rows, ({ rejected }) => rejected),
    countText(rows.reduce((sum, { pages }) => sum + pages, 0)),
    "",
    "",
  ];
  return (
    <FiguresTable caption="Records by stream" columns={columnsOf(isRunning)} rows={rows} getRowId={(row) => row.stream} totals={sums} />
  );
}
