import { Moment } from "#components/ui/moment.tsx";
import { countText } from "#components/ui/moment-text.ts";
import { TextLink } from "#components/ui/text-link.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import type { LedgerRow } from "#lib/campaigns/campaign-types.ts";
import { type FigureColumn, FiguresTable } from "./figures-table.tsx";
import classes from "./ledger.module.css";

type StreamRow = LedgerRow["streams"][number];

const count = (id: string, header: string, of: (row: StreamRow) => string | number | null): FigureColumn<StreamRow> => ({
  id,
  header,
  align: "end",
  cell: (row) => {
    const value = of(row);
    return value === null ? "not declared" : countText(value);
  },
});

const COLUMNS: readonly FigureColumn<StreamRow>[] = [
  { id: "stream", header: "What", cell: (row) => row.stream.replaceAll("_", " ") },
  count("declared", "Declared by the source", (row) => row.declared),
  count("read", "Read", (row) => row.read),
  count("kept", "Kept", (row) => row.kept),
  count("excluded", "Excluded by rule", (row) => row.excluded),
  count("rejected", "Rejected", (row) => row.rejected),
  count("pages", "Pages", (row) => row.pages),
  { id: "sum", header: "Adds up", cell: (row) => <Sum row={row} /> },
];

/** A source of many files names each with its digest: a page of its own, opened by whoever compares them. */
const isLong = ({ product }: LedgerRow): boolean => product !== null && product.length > 160;

/** Where the population came from: each source by the run that it was frozen at, each count by stream, differences in words. */
export function Ledger({ rows }: { rows: readonly LedgerRow[] }) {
  return (
    <div className={classes.sources}>
      {rows.map((row) => (
        <article key={row.sourceId} className={classes.source}>
          <h3 className={classes.name}>
            <TextLink href={`/sources/${row.sourceId}`}>{row.sourceName}</TextLink>
          </h3>
          <p className={classes.about}>
            {[row.connector, row.account && `read as ${row.account}`, ...(isLong(row) ? [] : [row.product, row.endpoint])]
              .filter(Boolean)
              .join(" · ")}
            {" · "}
            {row.runId ? (
              <>
                <TextLink href={`/sources/${row.sourceId}/runs/${row.runId}`}>the sync</TextLink> of{" "}
                <Moment at={row.observedAt ?? row.finishedAt} show="instant" />
              </>
            ) : (
              <ToneText tone="warning">never read</ToneText>
            )}
            {" · "}
            {countText(row.items)} {row.items === 1 ? "item" : "items"} came of it
          </p>
          {isLong(row) && (
            <details className={classes.about}>
              <summary>What exactly was read</summary>
              {row.product}
            </details>
          )}
          {row.streams.length > 0 && (
            <FiguresTable
              caption={`What was read of ${row.sourceName}`}
              columns={COLUMNS}
              rows={row.streams}
              getRowId={(each) => each.stream}
            />
          )}
        </article>
      ))}
    </div>
  );
}

/** Read is what was kept, excluded and rejected; and as many as the source declared, where it did. */
function Sum({ row }: { row: StreamRow }) {
  const rest = BigInt(row.read) - BigInt(row.kept) - BigInt(row.excluded) - BigInt(row.rejected);
  const missing = row.declared === null ? 0n : BigInt(row.declared) - BigInt(row.read);
  if (rest !== 0n) return <ToneText tone="warning">{countText(rest)} unaccounted for</ToneText>;
  if (missing > 0n) return <ToneText tone="warning">{countText(missing)} fewer than declared</ToneText>;
  if (missing < 0n) return <ToneText tone="warning">{countText(-missing)} more than declared</ToneText>;
  return row.declared === null ? "yes, total not declared" : "yes";
}
