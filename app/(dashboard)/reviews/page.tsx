import Link from "next/link";
import { MyReviewsTable } from "#components/campaigns/my-reviews-table.tsx";
import { counted } from "#components/ui/moment-text.ts";
import { PageHeader } from "#components/ui/page-header.tsx";
import { DeniedState, EmptyState } from "#components/ui/states.tsx";
import { granteesOf } from "#lib/authz/permissions.ts";
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
  const open = reviews.reduce((sum, { open: each }) => sum + each, 0);
  const drafted = reviews.reduce((sum, { drafted: each }) => sum + each, 0);
  return (
    <>
      <PageHeader
        title="My reviews"
        summary={open + drafted === 0 ? "Nothing is open" : `${counted(open, "item")} to decide, ${counted(drafted, "answer")} to hand in`}
      />
      {looks.map(({ campaignId, name, looks: count }) => (
        <p key={campaignId}>
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
