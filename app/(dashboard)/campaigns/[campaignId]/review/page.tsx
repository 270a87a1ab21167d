import { ReviewBoard } from "#components/campaigns/review/review-board.tsx";
import { loadCarriedBundle, loadReviewCampaign } from "#lib/campaigns/loaders.ts";

export const metadata = { title: "My review" };

export default async function ReviewPage({ params }: { params: Promise<{ campaignId: string }> }) {
  const { campaignId } = await params;
  const [campaign, bundle] = await Promise.all([loadReviewCampaign(campaignId), loadCarriedBundle(campaignId)]);
  return <ReviewBoard campaign={campaign} bundle={bundle} />;
}
