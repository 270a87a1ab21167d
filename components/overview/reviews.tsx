import { DueDate } from "#components/campaigns/due-date.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { counted } from "#components/ui/moment-text.ts";
import { Section } from "#components/ui/page-header.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import type { MyReview } from "#lib/campaigns/review-types.ts";
import classes from "./overview.module.css";

export type WaitingReview = MyReview & { minutesLeft: number | null };

type WaitingLooks = { campaignId: string; name: string; looks: number };

export function Reviews({ reviews, looks }: { reviews: readonly WaitingReview[]; looks: readonly WaitingLooks[] }) {
  return (
    <Section title="My reviews" aside={<TextLink href="/reviews">All my reviews</TextLink>}>
      {reviews.length + looks.length === 0 ? (
        <EmptyState title="Nothing waits for your decision" why="When a campaign asks you about somebody's access, it appears here." />
      ) : (
        <ul className={classes.list}>
          {reviews.map((review) => (
            <li key={review.campaignId} className={classes.review}>
              <div>
                <p className={classes.reviewName}>{review.name}</p>
                <p className={classes.facts}>
                  {counted(review.open, "item")} to decide, {review.highOrCritical} of high or critical risk, {timeLeft(review)}.
                </p>
                <p className={classes.facts}>
                  Due <DueDate at={review.dueAt} zone={review.zone} state={review.state} />
                  {review.drafted > 0 && `. ${counted(review.drafted, "answer")} not handed in yet`}.
                </p>
              </div>
              <LinkButton href={`/campaigns/${review.campaignId}/review`} variant="filled">
                {review.open > 0 ? `Review ${counted(review.open, "item")}` : `Hand in ${counted(review.drafted, "answer")}`}
              </LinkButton>
            </li>
          ))}
          {looks.map(({ campaignId, name, looks: count }) => (
            <li key={`look ${campaignId}`} className={classes.review}>
              <div>
                <p className={classes.reviewName}>{name}</p>
                <p className={classes.facts}>{counted(count, "item")} that somebody else decided: say what you would have.</p>
              </div>
              <LinkButton href={`/campaigns/${campaignId}/second-look`} variant="filled">
                Look at {counted(count, "item")}
              </LinkButton>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

const timeLeft = ({ open, minutesLeft }: WaitingReview): string =>
  open === 0 ? "nothing left to read" : minutesLeft === null ? "how long it takes is not known yet" : `about ${minutesLeft} min`;
