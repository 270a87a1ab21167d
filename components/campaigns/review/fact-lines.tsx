import { ExceptionMark } from "#components/exceptions/exception-mark.tsx";
import { Moment } from "#components/ui/moment.tsx";
import type { ReviewItemRow } from "#lib/campaigns/review-types.ts";
import { contentsChangeWords, lastDecisionWords, peersWords, reasonWords, SUGGESTED, suggestionOf } from "../fact-words.ts";
import { privilegeWords } from "../words.ts";
import type { Grouping } from "./grouping.ts";
import classes from "./review.module.css";
import { marksOf, meaningOf, reachText } from "./row-words.ts";

/* The facts of a row, two lines each: nothing that a decision rests on needs a click. */

export function AccessLines({ row, by }: { row: ReviewItemRow; by: Grouping }) {
  const who = by === "person" ? null : (row.personName ?? row.identityName);
  const where = [
    row.onBehalfOf && `on behalf of ${row.onBehalfOf}`,
    row.meaning && row.meaning !== row.entitlementName ? row.entitlementName : null,
    row.resourceName && by !== "resource" ? `on ${row.resourceName}` : null,
    reachText(row),
    row.alsoHeldBy.length > 0 ? `also by ${row.alsoHeldBy.join(", ")}` : null,
  ].filter(Boolean);
  const below = [who, ...where].filter(Boolean).join(", ");
  return (
    <span
      className={classes.lines}
      title={[meaningOf(row), below, privilegeWords(row.privileged), ...row.conflicts].filter(Boolean).join("\n")}
    >
      <span className={classes.line}>
        <Marks row={row} />
        <span className={classes.meaning}>{meaningOf(row)}</span>
      </span>
      <span className={classes.dimLine}>{below || row.entitlementName}</span>
    </span>
  );
}

/** What must not be overlooked, in words. */
export function Marks({ row }: { row: ReviewItemRow }) {
  return (
    <>
      {marksOf(row).map((mark) => (
        <span key={mark} className={classes.mark}>
          {mark}
        </span>
      ))}
      {row.exception && <ExceptionMark exception={row.exception} isShort />}
    </>
  );
}

export function UseLines({ row }: { row: ReviewItemRow }) {
  return (
    <span className={classes.lines}>
      <span className={classes.line}>
        {row.lastUsed.kind === "not_supported" ? (
          <span className={classes.dim} title="not told by the source">
            not told
          </span>
        ) : (
          <Moment at={row.lastUsed.at} kind={row.lastUsed.kind} show="relative" />
        )}
      </span>
      <span className={classes.dimLine}>{peersWords(row)}</span>
    </span>
  );
}

/** Where the source does not tell when a grant began, the first sync that saw it is what is known. */
export function GrantedLines({ row }: { row: ReviewItemRow }) {
  return (
    <span
      className={classes.lines}
      title={`${row.started.kind === "value" ? "granted" : "first seen; when it was granted is unknown; granted"} by ${row.grantedBy ?? "unknown"}`}
    >
      <span className={classes.line}>
        {row.started.kind === "value" ? <Moment at={row.started.at} show="date" /> : <Moment at={row.openedAt} show="date" />}
      </span>
      <span className={classes.dimLine}>
        {row.started.kind === "value" || row.grantedBy ? `by ${row.grantedBy ?? "unknown"}` : "first seen"}
      </span>
    </span>
  );
}

const SINCE = {
  first_review: "none before",
  new: "not there then",
  changed: "changed since",
  unchanged: "unchanged since",
} as const;

export function LastLines({ row }: { row: ReviewItemRow }) {
  const changed = contentsChangeWords(row);
  const last = lastDecisionWords(row);
  return (
    <span className={classes.lines} title={[last, row.lastDecision?.campaign, changed].filter(Boolean).join("\n")}>
      <span className={classes.line}>{last}</span>
      {changed ? <span className={classes.changedLine}>{changed}</span> : <span className={classes.dimLine}>{SINCE[row.change]}</span>}
    </span>
  );
}

/** After the facts, and never more than words: what the fixed rule makes of them, and why. */
export function SuggestionLine({ row, stagedAt }: { row: ReviewItemRow; stagedAt: string }) {
  const suggestion = suggestionOf(row, stagedAt);
  const why = reasonWords(suggestion, row, stagedAt);
  const text =
    suggestion.answer === "none" ? `No suggestion${why ? `: ${why}` : ""}` : `Suggestion: ${SUGGESTED[suggestion.answer]}; ${why}`;
  return (
    <span className={classes.dimLine} title={text}>
      {text}
    </span>
  );
}
