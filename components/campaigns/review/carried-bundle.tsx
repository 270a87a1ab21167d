"use client";

import { useState } from "react";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { counted } from "#components/ui/moment-text.ts";
import { attestCarriedAction } from "#lib/campaigns/actions.ts";
import type { CarriedBundle as Bundle } from "#lib/campaigns/types.ts";
import classes from "./carried-bundle.module.css";

type CarriedBundleProps = { campaignId: string; bundle: Bundle; onAttested?: () => void };

/** The facts that are equal to what the reviewer of last time saw, in the order in which carry.sql.ts compares them. */
const EQUAL =
  "what each contains and means, whether it is privileged, what it reaches, where it is and how sensitive, whose it is and who answers for it; the risk was and is low";

/** What was carried forward: the equality, the rows for whoever looks, and one act that keeps them all. Anything in it can be decided alone instead. */
export function CarriedBundle({ campaignId, bundle, onAttested }: CarriedBundleProps) {
  const [looked, setLooked] = useState(false);
  const { open, answered, cycles, carryCycles, rows } = bundle;
  if (open === 0)
    return (
      <section className={classes.bundle} aria-label="Carried forward">
        <p>{counted(answered, "item")} carried forward: answered.</p>
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
            <li key={row.itemId} className={classes.row}>
              <span>
                {row.holder}: {row.meaning ?? row.entitlementName}
                {row.resourceName && ` on ${row.resourceName}`}
              </span>
              <span className={classes.dim}>
                {row.keptAt && (
                  <>
                    kept <Moment at={row.keptAt} show="relative" /> by {row.keptBy ?? "somebody unknown"},{" "}
                  </>
                )}
                {row.cycles === 1 ? "first time carried" : `${row.cycles} times carried in a row`}
              </span>
            </li>
          ))}
          {rows.length < open && <li className={classes.dim}>and {open - rows.length} more in the list below</li>}
        </ul>
      </details>
      <ConfirmButton
        action={attestCarriedAction}
        input={{ campaignId, items: open, evidenceViewed: looked }}
        title={`Keep ${counted(open, "item")} as one bundle?`}
        consequence={
          <>
            Each is recorded as kept by you, marked as carried forward. You hand them in with the rest. Access is carried forward at most{" "}
            {counted(carryCycles, "cycle")} in a row; {cycles >= carryCycles ? "the next time" : "after that"} each is asked for again.
          </>
        }
        {...(onAttested ? { onDone: onAttested } : {})}
      >
        {open === 1 ? "Keep the unchanged one" : `Keep the ${open} unchanged`}
      </ConfirmButton>
    </section>
  );
}
