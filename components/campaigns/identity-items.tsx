import { Moment } from "#components/ui/moment.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import type { IdentityItem } from "#lib/campaigns/identity-items.sql.ts";
import type { Answer } from "#lib/campaigns/types.ts";
import classes from "./identity-items.module.css";
import { ANSWER_WORDS } from "./words.ts";

/** The latest reviews of what an identity holds. */
export function IdentityItems({ items }: { items: readonly IdentityItem[] }) {
  if (items.length === 0) return <p>No campaign has reviewed it yet.</p>;
  return (
    <ul className={classes.list}>
      {items.map((item) => (
        <li key={item.itemId} className={classes.item}>
          <span className={classes.line}>
            <TextLink href={`/campaigns/${item.campaignId}/items/${item.itemId}`}>{item.access}</TextLink>
            <StateBadge state={item.state} />
          </span>
          <span className={classes.facts}>
            {item.answer
              ? `${ANSWER_WORDS[item.answer as Answer]?.done ?? item.answer}${item.reviewer ? ` by ${item.reviewer}` : ""}`
              : `waits for ${item.reviewer ?? "a reviewer"}`}
            {item.decidedAt ? (
              <>
                , <Moment at={item.decidedAt} show="instant" />
              </>
            ) : (
              <>
                , due <Moment at={item.dueAt} show="due" />
              </>
            )}{" "}
            in <TextLink href={`/campaigns/${item.campaignId}`}>{item.campaign}</TextLink>
          </span>
        </li>
      ))}
    </ul>
  );
}
