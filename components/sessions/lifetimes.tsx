import { FiguresTable } from "#components/campaigns/figures-table.tsx";
import { countText } from "#components/ui/moment-text.ts";
import type { TokenLife } from "#lib/sessions/tellings.sql.ts";
import type { LifetimeRow } from "#lib/sessions/types.ts";
import { lengthWords } from "./session-words.ts";
import classes from "./sessions.module.css";

/** How old keys and tokens are against whether they ever end, and how long the short-lived ones are given for. */
export function Lifetimes({ lifetimes, lives }: { lifetimes: readonly LifetimeRow[]; lives: readonly TokenLife[] }) {
  const held = lifetimes.filter(({ bounded, endless, unknown }) => bounded + endless + unknown > 0);
  return (
    <div className={classes.columns}>
      {held.length === 0 ? (
        <p className={classes.note}>No source tells of any key or token. The AWS and file sources can.</p>
      ) : (
        <FiguresTable
          caption="Keys and tokens by age"
          rows={held}
          getRowId={({ age }) => age}
          columns={[
            { id: "age", header: "Age", cell: ({ age }) => age },
            { id: "bounded", header: "Ends by itself", align: "end", cell: ({ bounded }) => countText(bounded) },
            { id: "endless", header: "Never ends", align: "end", cell: ({ endless }) => countText(endless) },
            { id: "unknown", header: "Unknown", align: "end", cell: ({ unknown }) => countText(unknown) },
          ]}
          totals={[
            "all",
            ...(["bounded", "endless", "unknown"] as const).map((name) => countText(held.reduce((sum, row) => sum + row[name], 0))),
          ]}
        />
      )}
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
