import { ReviewBoard } from "#components/campaigns/review/review-board.tsx";
import { loadReviewCampaign } from "#lib/campaigns/loaders.ts";

export const metadata = { title: "My review" };

export default async function ReviewPage({ params }: { params: Promise<{ campaignId: string }> }) {
  return <ReviewBoard campaign={await loadReviewCampaign((await params).campaignId)} />;
}
