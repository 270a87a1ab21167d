import Link from "next/link";
import { TemplateForm } from "#components/campaigns/template-form.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { DeniedState } from "#components/ui/states.tsx";
import { granteesOf } from "#lib/authz/permissions.ts";
import { loadCampaignSetup } from "#lib/campaigns/loaders.ts";

export const metadata = { title: "New template" };

export default async function NewTemplatePage() {
  const setup = await loadCampaignSetup();
  if (!setup) return <DeniedState what="Making a template" roles={granteesOf("campaign.manage")} />;
  return (
    <>
      <PageHeader
        title="New template"
        parent={<Link href="/campaigns/templates">Templates</Link>}
        summary="At each start a campaign is drafted and frozen from it. Nobody is asked until somebody launches it."
      />
      <TemplateForm setup={setup} template={null} />
    </>
  );
}
