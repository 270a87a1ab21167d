"use client";

import { Button } from "@mantine/core";
import { useRef } from "react";
import { useAction } from "#components/ui/use-action.tsx";
import { lookAgainAction } from "#lib/campaigns/actions.ts";
import type { SecondLookTask } from "#lib/campaigns/review-types.ts";
import classes from "./look-cards.module.css";
import { ReasonButton } from "./reason-button.tsx";
import { RowFacts } from "./row-facts.tsx";

/** Items that somebody else decided, with the facts they had. What that one answered is not told: an opinion comes first. */
export function LookCards({ looks, isOpen }: { looks: readonly SecondLookTask[]; isOpen: boolean }) {
  return (
    <ul className={classes.list}>
      {looks.map((look) => (
        <li key={look.lookId}>
          <LookCard look={look} isOpen={isOpen} />
        </li>
      ))}
    </ul>
  );
}

function LookCard({ look, isOpen }: { look: SecondLookTask; isOpen: boolean }) {
  const since = useRef(performance.now());
  const { run, isRunning, failure } = useAction(lookAgainAction, {});
  const seconds = () => Math.min(86_400, Math.round((performance.now() - since.current) / 1000));
  const title = look.meaning ?? look.entitlementName;
  return (
    <article className={classes.card} aria-label={`${title}, ${look.personName ?? look.identityName}`}>
      <h2 className={classes.title}>{title}</h2>
      <p className={classes.who}>
        {look.personName ?? look.identityName}
        {look.department ? `, ${look.department}` : ""}
      </p>
      {/* For whom the first reviewer stood in is no matter of the second. */}
      <RowFacts row={{ ...look, onBehalfOf: null }} />
      {failure && <p role="alert">{failure.message}</p>}
      {look.lookAnswer !== null ? (
        <p className={classes.who}>{look.lookAnswer === "keep" ? "You would keep it." : "You would revoke it."}</p>
      ) : isOpen ? (
        <div className={classes.buttons}>
          <Button
            variant="default"
            loading={isRunning}
            onClick={() => run({ lookId: look.lookId, answer: "keep", seconds: seconds() })}
            aria-label={`I would keep: ${title}`}
          >
            I would keep it
          </Button>
          <ReasonButton
            variant="default"
            title="You would revoke it: why?"
            consequence="The access stays as it was decided. The campaign's owner reads your reason and may open the item again."
            action={lookAgainAction}
            field="rationale"
            read={(rationale) => ({ lookId: look.lookId, answer: "revoke" as const, rationale, seconds: seconds() })}
          >
            I would revoke it
          </ReasonButton>
        </div>
      ) : (
        <p className={classes.who}>The campaign was signed off before you answered.</p>
      )}
    </article>
  );
}
