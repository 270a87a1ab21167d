import Link from "next/link";
import { TemplatesTable } from "#components/campaigns/templates-table.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { DeniedState } from "#components/ui/states.tsx";
import { granteesOf } from "#lib/authz/permissions.ts";
import { loadTemplates } from "#lib/campaigns/loaders.ts";

export const metadata = { title: "Campaign templates" };

export default async function TemplatesPage() {
  const found = await loadTemplates();
  if (!found) return <DeniedState what="The list of templates" roles={granteesOf("campaign.read_all")} />;
  return (
    <>
      <PageHeader
        title="Campaign templates"
        parent={<Link href="/campaigns">Campaigns</Link>}
        summary="What campaigns are made from, by themselves where they come again."
        action={found.canManage ? <LinkButton href="/campaigns/templates/new">New template</LinkButton> : undefined}
      />
      <TemplatesTable rows={found.rows} canManage={found.canManage} />
    </>
  );
}
