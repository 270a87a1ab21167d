import { TextLink } from "#components/ui/text-link.tsx";
import type { DutyHolder } from "#lib/campaigns/duties.sql.ts";
import type { ToxicPair } from "#lib/campaigns/duties.ts";
import classes from "./campaign-page.module.css";
import { FiguresTable } from "./figures-table.tsx";

const NAMES = 3;

/** Who stands on both sides of a pair now, and by what. */
export function DutyHolders({ pair, holders }: { pair: ToxicPair; holders: readonly DutyHolder[] }) {
  const more = (holders[0]?.of ?? 0) - holders.length;
  if (holders.length === 0) return <p>Nobody holds both today.</p>;
  return (
    <>
      <FiguresTable
        caption="Who holds both today, and by what"
        rows={holders}
        getRowId={(row) => row.subjectId}
        columns={[
          {
            id: "who",
            header: "Who",
            cell: (row) => <TextLink href={`/${row.kind === "person" ? "people" : "identities"}/${row.subjectId}`}>{row.name}</TextLink>,
          },
          ...pair.sides.map((side, at) => ({
            id: String(at),
            header: `Can ${side.can} by`,
            cell: (row: DutyHolder) => listed(row.sides[at] ?? []),
          })),
        ]}
      />
      {more > 0 && <p className={classes.dim}>and {more} more</p>}
    </>
  );
}

const listed = (names: readonly string[]): string =>
  `${names.slice(0, NAMES).join(", ")}${names.length > NAMES ? ` and ${names.length - NAMES} more` : ""}`;
