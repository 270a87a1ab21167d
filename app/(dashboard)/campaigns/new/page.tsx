import Link from "next/link";
import { SetupForm } from "#components/campaigns/setup-form.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { DeniedState } from "#components/ui/states.tsx";
import { granteesOf } from "#lib/authz/permissions.ts";
import { loadCampaignSetup } from "#lib/campaigns/loaders.ts";

export const metadata = { title: "New campaign" };

export default async function NewCampaignPage() {
  const setup = await loadCampaignSetup();
  if (!setup) return <DeniedState what="Making a campaign" roles={granteesOf("campaign.manage")} />;
  return (
    <>
      <PageHeader
        title="New campaign"
        parent={<Link href="/campaigns">Campaigns</Link>}
        summary="It starts as a draft: nothing is frozen and nobody is asked until you say so."
      />
      <SetupForm setup={setup} draft={null} />
    </>
  );
}
