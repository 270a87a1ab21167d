import { CampaignsTable } from "#components/campaigns/campaigns-table.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { DeniedState } from "#components/ui/states.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { granteesOf } from "#lib/authz/permissions.ts";
import { loadCampaigns, type Search } from "#lib/campaigns/loaders.ts";

export const metadata = { title: "Campaigns" };

export default async function CampaignsPage({ searchParams }: { searchParams: Promise<Search> }) {
  const found = await loadCampaigns(await searchParams);
  if (!found) return <DeniedState what="The list of campaigns" roles={granteesOf("campaign.read_all")} />;
  const { rows, isFiltered, canManage } = found;
  return (
    <>
      <PageHeader
        title="Campaigns"
        summary={
          <>
            Reviews of who has which access: what is frozen, who decides, and what became of it.{" "}
            <TextLink href="/campaigns/micro">Micro-campaigns</TextLink> <TextLink href="/campaigns/duties">Separation of duties</TextLink>
          </>
        }
        action={
          <>
            {canManage && <LinkButton href="/campaigns/new">New campaign</LinkButton>}
            <LinkButton href="/campaigns/templates" variant="default">
              Templates
            </LinkButton>
          </>
        }
      />
      <CampaignsTable rows={rows} isFiltered={isFiltered} canManage={canManage} />
    </>
  );
}
