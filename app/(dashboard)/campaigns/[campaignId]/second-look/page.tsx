import Link from "next/link";
import { notFound } from "next/navigation";
import { LookCards } from "#components/campaigns/look-cards.tsx";
import { counted } from "#components/ui/moment-text.ts";
import { PageHeader } from "#components/ui/page-header.tsx";
import { loadMyLooks } from "#lib/campaigns/loaders.ts";

export const metadata = { title: "Second look" };

export default async function SecondLookPage({ params }: { params: Promise<{ campaignId: string }> }) {
  const { campaignId } = await params;
  const found = await loadMyLooks(campaignId);
  if (!found) notFound();
  const { campaign, looks } = found;
  const waiting = looks.filter(({ lookAnswer }) => lookAnswer === null).length;
  return (
    <>
      <PageHeader
        title="Second look"
        parent={<Link href="/reviews">My reviews</Link>}
        summary={`${campaign.name}: ${waiting === 0 ? "all taken, thank you" : `${counted(waiting, "item")} to look at`}. Somebody else decided these. Say what you would have decided: it changes nothing by itself, and the campaign's owner sees it.`}
      />
      <LookCards looks={looks} isOpen={campaign.isOpen} />
    </>
  );
}
