import Link from "next/link";
import { notFound } from "next/navigation";
import { SetupForm } from "#components/campaigns/setup-form.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { DeniedState, EmptyState } from "#components/ui/states.tsx";
import { granteesOf } from "#lib/authz/permissions.ts";
import { loadCampaign, loadCampaignSetup, loadNamed } from "#lib/campaigns/loaders.ts";
import { planOf } from "#lib/campaigns/plan.ts";
import { campaignScope } from "#lib/campaigns/schema.ts";

export const metadata = { title: "Edit campaign" };

export default async function EditCampaignPage({ params }: { params: Promise<{ campaignId: string }> }) {
  const { campaignId } = await params;
  const [setup, found] = await Promise.all([loadCampaignSetup(), loadCampaign(campaignId)]);
  if (!setup || !found) return <DeniedState what="Changing a campaign" roles={granteesOf("campaign.manage")} />;
  const { campaign } = found;
  if (!campaign) notFound();
  const { name, instructions, dueAt, zone, watchDays, fallbackPersonId, fallbackName } = campaign;
  const header = <PageHeader title={`Edit ${name}`} parent={<Link href={`/campaigns/${campaignId}`}>{name}</Link>} />;
  if (campaign.state !== "DRAFT" && campaign.state !== "BLOCKED")
    return (
      <>
        {header}
        <EmptyState
          title="This campaign is not a draft any more"
          why="What was frozen does not change. While nobody was asked yet, discarding the population makes it a draft again."
          action={<LinkButton href={`/campaigns/${campaignId}`}>Back to the campaign</LinkButton>}
        />
      </>
    );
  const fallback = fallbackPersonId ? { personId: fallbackPersonId, name: fallbackName ?? "unknown" } : null;
  const scope = campaignScope.parse(campaign.scope);
  const plan = planOf(campaign.plan);
  const draft = { campaignId, name, instructions, dueAt, zone, values: { scope, plan, watchDays, fallback } };
  return (
    <>
      {header}
      <SetupForm setup={{ ...setup, named: await loadNamed(plan) }} draft={draft} />
    </>
  );
}
