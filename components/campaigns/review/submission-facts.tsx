import { counted, countText } from "#components/ui/moment-text.ts";
import { TextLink } from "#components/ui/text-link.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import type { SubmissionPreview } from "#lib/campaigns/review-types.ts";
import { ANSWER_WORDS } from "../words.ts";
import classes from "./review.module.css";

/** What submitting does: what is handed in, what starts now and who approves it, what goes on, what stays. */
export function SubmissionFacts({ preview }: { preview: SubmissionPreview }) {
  const { answers, startsNow, open, nextRound, unsettled, onBehalfOf } = preview;
  const itemsOf = (answer: string) => answers.find((each) => each.answer === answer)?.items ?? 0;
  const later = itemsOf("revoke") - startsNow.items;
  return (
    <>
      <ul className={classes.reaches} aria-label="What will happen">
        <li>{answers.map(({ answer, items }) => `${items} ${ANSWER_WORDS[answer].done.toLowerCase()}`).join(", ")}.</li>
        {onBehalfOf.map(({ name, items }) => (
          <li key={name}>{`${countText(items)} of these on behalf of ${name}.`}</li>
        ))}
        {startsNow.items > 0 && (
          <li>
            {`${counted(startsNow.items, "removal")} of high or critical risk ${startsNow.items === 1 ? "starts" : "start"} now, once approved:`}
            <ul className={classes.reaches}>
              {startsNow.named.map(({ label, approver }) => (
                <li key={label}>
                  {label}, approved by {approver ?? "security"}
                </li>
              ))}
              {startsNow.items > startsNow.named.length && <li>{`and ${startsNow.items - startsNow.named.length} more`}</li>}
            </ul>
          </li>
        )}
        {later > 0 && <li>{counted(later, "removal")} wait for the campaign to be signed off.</li>}
        {itemsOf("abstain") > 0 && <li>{counted(itemsOf("abstain"), "item")} go on to somebody else who may judge.</li>}
        {itemsOf("exception_requested") > 0 && (
          <li>{counted(itemsOf("exception_requested"), "exception request")} go to their approvers.</li>
        )}
        {nextRound && <li>Once this round is over, the items go on to the next: {nextRound}.</li>}
        <li>{open > 0 ? `${counted(open, "item")} stay open for you.` : "Nothing stays open for you."}</li>
      </ul>
      {unsettled.length > 0 && (
        <div role="alert">
          <ToneText tone="warning">Settle these first: revoke one side, or request an exception.</ToneText>{" "}
          <TextLink href="/campaigns/duties">Which duties do not go together</TextLink>
          <ul className={classes.reaches}>
            {unsettled.map(({ itemId, label, conflicts }) => (
              <li key={itemId}>
                {label}. {conflicts.join(" ")}
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}
