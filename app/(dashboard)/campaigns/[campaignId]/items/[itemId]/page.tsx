import Link from "next/link";
import { notFound } from "next/navigation";
import classes from "#components/campaigns/campaign-page.module.css";
import { ItemActions } from "#components/campaigns/item-actions.tsx";
import { AccessFacts, ReachFacts, ReviewerFacts, RunFacts } from "#components/campaigns/item-facts.tsx";
import { ItemHistory } from "#components/campaigns/item-history.tsx";
import { RISK_WORDS } from "#components/campaigns/words.ts";
import { PageHeader, Section } from "#components/ui/page-header.tsx";
import { Reasons } from "#components/ui/reasons.tsx";
import { RiskBadge } from "#components/ui/risk-badge.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { DeniedState } from "#components/ui/states.tsx";
import { granteesOf } from "#lib/authz/permissions.ts";
import { loadItem } from "#lib/campaigns/loaders.ts";
import { loadMayRead } from "#lib/inventory/loaders.ts";

type Props = { params: Promise<{ campaignId: string; itemId: string }> };

export const metadata = { title: "Item" };

export default async function ItemPage({ params }: Props) {
  const { campaignId, itemId } = await params;
  const [found, mayOpen] = await Promise.all([loadItem(campaignId, itemId), loadMayRead()]);
  if (!found) return <DeniedState what="This item" roles={granteesOf("campaign.read")} />;
  const { item, powers, readsAll, isOwner, impact } = found;
  if (!item) notFound();
  const holder = item.personName ?? item.identityName;
  return (
    <>
      <PageHeader
        title={`${holder}: ${item.entitlementName}`}
        parent={<Link href={readsAll ? `/campaigns/${campaignId}/items` : `/campaigns/${campaignId}/review`}>{item.campaignName}</Link>}
        badge={<StateBadge state={item.state} />}
        summary={item.meaning ?? undefined}
      />
      <ItemActions
        item={item}
        canReassign={powers.canReassign}
        canReopen={powers.canManage && isOwner}
        canManage={powers.canManage}
        canOverride={powers.canOverride}
        impact={impact}
      />
      {item.remediationId && readsAll && (
        <p>
          <Link href={`/remediations/${item.remediationId}`}>How this access is being removed</Link>
        </p>
      )}
      {item.followsItemId && item.followsCampaignId && (
        <p>
          It follows <Link href={`/campaigns/${item.followsCampaignId}/items/${item.followsItemId}`}>an item of an earlier campaign</Link>.
        </p>
      )}
      <div className={classes.columns}>
        <Section title="The access">
          <AccessFacts item={item} mayOpen={mayOpen} />
        </Section>
        <div>
          <Section title="Reviewer and answer">
            <ReviewerFacts item={item} />
          </Section>
          <Section title="Risk" aside={<RiskBadge risk={item.riskClass} />}>
            <Reasons reasons={item.riskReasons.map((reason) => ({ code: reason, text: RISK_WORDS[reason] }))} label="Why this risk" />
          </Section>
          <Section title="What it reaches">
            <ReachFacts item={item} />
          </Section>
          <Section title="Syncs that saw it">
            <RunFacts item={item} />
          </Section>
        </div>
      </div>
      <Section title="History">
        <ItemHistory item={item} />
      </Section>
    </>
  );
}
