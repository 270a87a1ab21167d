import Link from "next/link";
import classes from "#components/campaigns/look-cards.module.css";
import { MyReviewsTable } from "#components/campaigns/my-reviews-table.tsx";
import { counted, countText } from "#components/ui/moment-text.ts";
import { PageHeader } from "#components/ui/page-header.tsx";
import { DeniedState, EmptyState } from "#components/ui/states.tsx";
import { granteesOf } from "#lib/authz/permissions.ts";
import { waitingOf } from "#lib/campaigns/lifecycle.ts";
import { loadLooksWaiting, loadMyReviews } from "#lib/campaigns/loaders.ts";

export const metadata = { title: "My reviews" };

export default async function MyReviewsPage() {
  const [reviews, looks] = await Promise.all([loadMyReviews(), loadLooksWaiting()]);
  if (!reviews) return <DeniedState what="Reviewing access" roles={granteesOf("item.decide")} />;
  if (reviews === "nobody")
    return (
      <>
        <PageHeader title="My reviews" />
        <EmptyState
          title="Your user is not linked to a person yet"
          why="Items are given to people as the sources know them. An administrator links your user to yours; then what waits for you appears here."
        />
      </>
    );
  const { toDecide, toHandIn } = waitingOf(reviews);
  return (
    <>
      <PageHeader
        title="My reviews"
        summary={
          toDecide + toHandIn === 0
            ? "Nothing waits for you"
            : `${counted(toDecide + toHandIn, "item")} waiting for you: ${countText(toDecide)} to decide, ${countText(toHandIn)} to hand in`
        }
      />
      {looks.map(({ campaignId, name, looks: count }) => (
        <p key={campaignId} className={classes.notice}>
          <Link href={`/campaigns/${campaignId}/second-look`}>
            {name}: {counted(count, "second look")}
          </Link>{" "}
          at what somebody else decided.
        </p>
      ))}
      <MyReviewsTable rows={reviews} />
    </>
  );
}
