import Link from "next/link";
import { ItemsTable } from "#components/campaigns/items-table.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { DeniedState } from "#components/ui/states.tsx";
import { granteesOf } from "#lib/authz/permissions.ts";
import { loadCampaignItems, type Search } from "#lib/campaigns/loaders.ts";

export const metadata = { title: "Items" };

type Props = { params: Promise<{ campaignId: string }>; searchParams: Promise<Search> };

export default async function CampaignItemsPage({ params, searchParams }: Props) {
  const { campaignId } = await params;
  const found = await loadCampaignItems(campaignId, await searchParams);
  if (!found) return <DeniedState what="The list of items" roles={granteesOf("campaign.read_all")} />;
  const { campaign, holders, first, canReassign } = found;
  const reviewers = holders.map(({ personId, name }) => ({ value: personId ?? "none", label: name ?? "nobody" }));
  return (
    <>
      <PageHeader
        title="Items"
        parent={<Link href={`/campaigns/${campaignId}`}>{campaign.name}</Link>}
        badge={<StateBadge state={campaign.state} />}
        summary="What needs thought comes first. Facts are as they were at the freeze."
      />
      <ItemsTable campaignId={campaignId} first={first} reviewers={reviewers} total={campaign.items} canReassign={canReassign} />
    </>
  );
}
