"use client";

import { useEffect, useMemo, useRef, useState } from "react";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { counted } from "#components/ui/moment-text.ts";
import { attestCarriedAction } from "#lib/campaigns/actions.ts";
import type { CarriedBundle as Bundle, ReviewItemRow } from "#lib/campaigns/review-types.ts";
import classes from "./carried-bundle.module.css";
import { carriedNow, type ReviewState } from "./review-state.ts";
import { meaningOf } from "./row-words.ts";

type CarriedBundleProps = {
  campaignId: string;
  /** As the page came; the rows tell it once they are read. */
  bundle: Bundle;
  state: ReviewState | null;
  onAttested: () => void;
};

/** The facts that are equal to what the reviewer of last time saw, in the order in which carry.sql.ts compares them. */
const EQUAL =
  "what each contains and means, whether it is privileged, what it reaches, where it is and how sensitive, whose it is and who answers for it; the risk was and is low";
const SHOWN_ROWS = 200;
const NONE: readonly ReviewItemRow[] = [];

/** What was carried forward: the equality, the rows for whoever looks, and one act that keeps them all. Anything in it can be decided alone instead. */
export function CarriedBundle({ campaignId, bundle, state, onAttested }: CarriedBundleProps) {
  const [looked, setLooked] = useState(false);
  const now = useMemo(() => state && carriedNow(state), [state]);
  const { cycles, carryCycles } = bundle;
  const open = now?.open.length ?? bundle.open;
  const rows = now?.open.slice(0, SHOWN_ROWS) ?? NONE;
  const section = useRef<HTMLElement>(null);
  const isAnswered = open === 0;
  // The button that kept them is gone: what it did takes its place.
  const was = useRef(isAnswered);
  useEffect(() => {
    if (isAnswered && !was.current && document.activeElement === document.body) section.current?.focus({ preventScroll: true });
    was.current = isAnswered;
  }, [isAnswered]);
  if (isAnswered)
    return (
      <section ref={section} tabIndex={-1} className={classes.bundle} aria-label="Carried forward">
        <p>{counted(now?.answered ?? bundle.answered, "item")} carried forward: answered.</p>
      </section>
    );
  return (
    <section className={classes.bundle} aria-label="Carried forward">
      <p>
        <strong>{counted(open, "item")} unchanged</strong> since somebody kept {open === 1 ? "it" : "them"} last time. Equal: {EQUAL}.
      </p>
      <details onToggle={() => setLooked(true)}>
        <summary>See {open === 1 ? "it" : `all ${open}`}</summary>
        <ul className={classes.rows}>
          {rows.map((row) => (
            <CarriedRow key={row.id} row={row} />
          ))}
          {rows.length < open && <li className={classes.dim}>and {open - rows.length} more in the list below</li>}
        </ul>
      </details>
      <ConfirmButton
        action={attestCarriedAction}
        input={{ campaignId, items: open, evidenceViewed: looked }}
        // What is still on its way may belong to the bundle: the server counts it otherwise until it is there.
        disabled={state === null || state.outbox.length > 0}
        title={`Keep ${counted(open, "item")} as one bundle?`}
        consequence={
          <>
            Each is recorded as kept by you, marked as carried forward. You hand them in with the rest. Access is carried forward at most{" "}
            {counted(carryCycles, "cycle")} in a row; {cycles >= carryCycles ? "the next time" : "after that"} each is asked for again.
          </>
        }
        onDone={onAttested}
      >
        {open === 1 ? "Keep the unchanged one" : `Keep the ${open} unchanged`}
      </ConfirmButton>
    </section>
  );
}

function CarriedRow({ row }: { row: ReviewItemRow }) {
  const { lastDecision, carriedCycles } = row;
  return (
    <li className={classes.row}>
      <span>
        {row.personName ?? row.identityName}: {meaningOf(row)}
        {row.resourceName && ` on ${row.resourceName}`}
      </span>
      <span className={classes.dim}>
        {lastDecision?.at && (
          <>
            kept <Moment at={lastDecision.at} show="relative" /> by {lastDecision.by ?? "somebody unknown"},{" "}
          </>
        )}
        {carriedCycles === 1 ? "first time carried" : `${carriedCycles} times carried in a row`}
      </span>
    </li>
  );
}
