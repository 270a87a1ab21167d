import { counted } from "#components/ui/moment-text.ts";
import { TextLink } from "#components/ui/text-link.tsx";
import type { ExceptionImpact } from "#lib/campaigns/review-types.ts";
import { ExceptionMark } from "./exception-mark.tsx";
import { STEP_WORDS } from "./exception-words.ts";
import classes from "./exceptions.module.css";

/** Before anything is sent: what stays, what it covers, and who is asked. */
export function ImpactFacts({ impact }: { impact: ExceptionImpact }) {
  const { label, meaning, reachNames, reachCount, alsoHeldBy, items, hiddenItems, chain, resourceOwnerName, existing } = impact;
  const shown = reachNames.slice(0, 5);
  return (
    <section className={classes.impact} aria-label="What this does">
      <p>
        <strong>{label}</strong>
        {meaning ? ` (${meaning})` : ""} stays while the exception is in force
        {shown.length > 0 &&
          `, and with it ${shown.join(", ")}${reachCount > shown.length ? ` and ${reachCount - shown.length} more` : ""}`}
        .
      </p>
      {alsoHeldBy.length > 0 && <p>The same is reached by {alsoHeldBy.join(", ")}, which this does not cover.</p>}
      {items.length + hiddenItems > 0 && (
        <div>
          <p>It is shown on {counted(items.length + hiddenItems, "item")} under review now, and on every later one:</p>
          <ul>
            {items.map((item) => (
              <li key={item.itemId}>
                <TextLink href={`/campaigns/${item.campaignId}/items/${item.itemId}`}>{item.campaignName}</TextLink>
              </li>
            ))}
            {hiddenItems > 0 && <li>{counted(hiddenItems, "item")} of other reviewers</li>}
          </ul>
        </div>
      )}
      <p>
        Approved by{" "}
        {chain
          .map((step) =>
            step === "resource_owner" && resourceOwnerName ? `${resourceOwnerName}, who owns the resource` : STEP_WORDS[step],
          )
          .join(", then ")}
        .
      </p>
      {existing && (
        <p>
          There is one already, and a request now rests on it: <ExceptionMark exception={existing} isLink />
        </p>
      )}
    </section>
  );
}
