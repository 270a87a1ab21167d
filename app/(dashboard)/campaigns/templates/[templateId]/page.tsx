import Link from "next/link";
import { notFound } from "next/navigation";
import { RetireTemplate } from "#components/campaigns/retire-template.tsx";
import { TemplateCycles } from "#components/campaigns/template-cycles.tsx";
import { TemplateFacts } from "#components/campaigns/template-facts.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { PageHeader, Section } from "#components/ui/page-header.tsx";
import { DeniedState } from "#components/ui/states.tsx";
import { granteesOf } from "#lib/authz/permissions.ts";
import { loadNamed, loadTemplate } from "#lib/campaigns/loaders.ts";

type Props = { params: Promise<{ templateId: string }> };

export async function generateMetadata({ params }: Props) {
  const found = await loadTemplate((await params).templateId);
  return { title: found?.template?.body.name ?? "Template" };
}

export default async function TemplatePage({ params }: Props) {
  const found = await loadTemplate((await params).templateId);
  if (!found) return <DeniedState what="This template" roles={granteesOf("campaign.read_all")} />;
  const { template, sourceNames, canManage } = found;
  if (!template) notFound();
  const { id, body, version, ownerName, retiredAt, next } = template;
  return (
    <>
      <PageHeader
        title={body.name}
        parent={<Link href="/campaigns/templates">Templates</Link>}
        summary={
          retiredAt ? (
            <>
              Retired <Moment at={retiredAt} show="relative" />: it makes no further campaign
            </>
          ) : (
            `Version ${version}, owned by ${ownerName ?? "somebody unknown"}`
          )
        }
        action={
          canManage && !retiredAt ? (
            <>
              <LinkButton href={`/campaigns/templates/${id}/edit`}>Edit the template</LinkButton>
              <RetireTemplate templateId={id} />
            </>
          ) : undefined
        }
      />
      <Section title="Cycles">
        <TemplateCycles templateId={id} cycles={template.cycles} next={next} zone={body.zone} canManage={canManage} />
      </Section>
      <Section title="What each campaign is made from">
        <TemplateFacts template={template} sourceNames={sourceNames} named={await loadNamed(body.plan)} />
      </Section>
    </>
  );
}
