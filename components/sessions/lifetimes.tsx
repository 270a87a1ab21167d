import { FiguresTable } from "#components/campaigns/figures-table.tsx";
import { BarFigure } from "#components/charts/bar-figure.tsx";
import type { Series } from "#components/charts/series.ts";
import { countText } from "#components/ui/moment-text.ts";
import type { TokenLife } from "#lib/sessions/tellings.sql.ts";
import type { LifetimeRow } from "#lib/sessions/types.ts";
import { lengthWords } from "./session-words.ts";
import classes from "./sessions.module.css";

/** The colours that the overview has for the same answers. */
const SERIES: readonly Series[] = [
  { key: "bounded", label: "Ends by itself", colour: 2 },
  { key: "endless", label: "Never ends", colour: 3 },
  { key: "unknown", label: "Unknown whether it ends", colour: 5 },
];

/** How old keys and tokens are against whether they ever end, and how long the short-lived ones are given for. */
export function Lifetimes({ lifetimes, lives }: { lifetimes: readonly LifetimeRow[]; lives: readonly TokenLife[] }) {
  const held = lifetimes.filter(({ bounded, endless, unknown }) => bounded + endless + unknown > 0);
  const sum = (key: "bounded" | "endless" | "unknown") => held.reduce((total, row) => total + row[key], 0);
  const all = sum("bounded") + sum("endless") + sum("unknown");
  return (
    <div className={classes.columns}>
      <BarFigure
        lying
        caption={`Keys and tokens by age: ${countText(all)}, of which ${countText(sum("endless"))} never end`}
        axis="Age"
        points={held.map(({ age, ...counts }) => ({ label: age, ...counts }))}
        series={SERIES}
        empty="No source tells of any key or token. The AWS and file sources can."
      />
      {lives.length === 0 ? (
        <p className={classes.note}>No log shows a token being given out.</p>
      ) : (
        <FiguresTable
          caption="Tokens that logs show being given out"
          rows={lives}
          getRowId={({ source }) => source}
          columns={[
            { id: "source", header: "Source", cell: ({ source }) => source },
            { id: "tokens", header: "Tokens", align: "end", cell: ({ tokens }) => countText(tokens) },
            { id: "median", header: "For (median)", align: "end", cell: ({ medianMs }) => lengthWords(medianMs) },
            { id: "longest", header: "Longest", align: "end", cell: ({ longestMs }) => lengthWords(longestMs) },
          ]}
        />
      )}
    </div>
  );
}
