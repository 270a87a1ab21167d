import Link from "next/link";
import { notFound } from "next/navigation";
import { TemplateForm } from "#components/campaigns/template-form.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { DeniedState } from "#components/ui/states.tsx";
import { granteesOf } from "#lib/authz/permissions.ts";
import { loadCampaignSetup, loadNamed, loadTemplate } from "#lib/campaigns/loaders.ts";

export const metadata = { title: "Edit template" };

export default async function EditTemplatePage({ params }: { params: Promise<{ templateId: string }> }) {
  const { templateId } = await params;
  const [setup, found] = await Promise.all([loadCampaignSetup(), loadTemplate(templateId)]);
  if (!setup || !found) return <DeniedState what="Changing a template" roles={granteesOf("campaign.manage")} />;
  const { template } = found;
  if (!template || template.retiredAt) notFound();
  const { body, fallbackName } = template;
  const fallback = body.fallbackPersonId ? { personId: body.fallbackPersonId, name: fallbackName ?? "unknown" } : null;
  return (
    <>
      <PageHeader
        title={`Edit ${body.name}`}
        parent={<Link href={`/campaigns/templates/${templateId}`}>{body.name}</Link>}
        {...(template.madeBy === "file"
          ? { summary: "This version came from a file. The next time that file is applied, it counts again." }
          : {})}
      />
      <TemplateForm setup={{ ...setup, named: await loadNamed(body.plan) }} template={{ templateId, body, fallback }} />
    </>
  );
}
