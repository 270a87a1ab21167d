import Link from "next/link";
import { notFound } from "next/navigation";
import { NextStepButton } from "#components/campaigns/campaign-actions.tsx";
import { CampaignBody } from "#components/campaigns/campaign-body.tsx";
import { stepOf } from "#components/campaigns/campaign-step.ts";
import { DueDate } from "#components/campaigns/due-date.tsx";
import { NextStep } from "#components/campaigns/next-step.tsx";
import { CloseCampaign } from "#components/remediation/close-campaign.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { PageHeader, Section } from "#components/ui/page-header.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { DeniedState } from "#components/ui/states.tsx";
import { granteesOf } from "#lib/authz/permissions.ts";
import { loadCampaign, loadNamed } from "#lib/campaigns/loaders.ts";
import type { CampaignState } from "#lib/campaigns/types.ts";

const HAS_ENDED: readonly CampaignState[] = ["CLOSED", "ARCHIVED", "CANCELLED", "NOT_APPLICABLE"];

type Props = { params: Promise<{ campaignId: string }> };

export async function generateMetadata({ params }: Props) {
  const found = await loadCampaign((await params).campaignId);
  return { title: found?.campaign?.name ?? "Campaign" };
}

export default async function CampaignPage({ params }: Props) {
  const found = await loadCampaign((await params).campaignId);
  if (!found)
    return (
      <DeniedState
        what="This campaign"
        roles={granteesOf("campaign.read_all")}
        ask={
          <>
            What waits for your own decision is under <Link href="/reviews">My reviews</Link>.
          </>
        }
      />
    );
  const { campaign, sourceNames, powers } = found;
  if (!campaign) notFound();
  const step = stepOf(campaign, powers);
  return (
    <>
      <PageHeader
        title={campaign.name}
        parent={<Link href="/campaigns">Campaigns</Link>}
        badge={<StateBadge state={campaign.state} />}
        summary={
          <>
            Due <DueDate at={campaign.dueAt} zone={campaign.zone} state={campaign.state} />, owned by{" "}
            {campaign.ownerName ?? "somebody unknown"}
            {campaign.parentId && (
              <>
                , follows <Link href={`/campaigns/${campaign.parentId}`}>an earlier campaign</Link>
              </>
            )}
          </>
        }
        action={
          <>
            <NextStepButton step={step} />
            {powers.canReadEvidence && campaign.population && (
              <LinkButton href={`/evidence?campaign=${campaign.id}`} variant="default">
                Evidence
              </LinkButton>
            )}
          </>
        }
      />
      <Section title={HAS_ENDED.includes(campaign.state) ? "Where it stands" : "What comes next"}>
        <NextStep campaign={campaign} step={step} userId={powers.userId}>
          <CloseCampaign campaignId={campaign.id} state={campaign.state} canManage={step.canManage} isOwner={step.isOwner} />
        </NextStep>
      </Section>
      <CampaignBody campaign={campaign} sourceNames={sourceNames} named={await loadNamed(campaign.plan)} canManage={step.canManage} />
    </>
  );
}
