import Link from "next/link";
import { notFound } from "next/navigation";
import { SourceSettingsForm } from "#components/ingest/source-settings-form.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { DeniedState } from "#components/ui/states.tsx";
import { granteesOf } from "#lib/authz/permissions.ts";
import { awsSettings } from "#lib/connectors/aws/schema.ts";
import { postgresSettings } from "#lib/connectors/postgres/schema.ts";
import { loadSource } from "#lib/ingest/loaders.ts";

export const metadata = { title: "Settings of a source" };

export default async function SourceSettingsPage({ params }: { params: Promise<{ sourceId: string }> }) {
  const { powers, source } = await loadSource((await params).sourceId);
  if (!powers?.canManage) return <DeniedState what="The settings of a source" roles={granteesOf("source.manage")} />;
  if (!source || source.state === "retired") notFound();
  const { id, name, kind, dropThreshold, isPeopleSource, hasSecret } = source;
  const postgres = kind === "postgres" ? (postgresSettings.safeParse(source.config).data ?? null) : null;
  const aws = kind === "aws" ? (awsSettings.safeParse(source.config).data ?? null) : null;
  return (
    <>
      <PageHeader
        title="Settings"
        summary="Every change is recorded. The next run reads with it."
        parent={<Link href={`/sources/${id}`}>{name}</Link>}
      />
      <SourceSettingsForm source={{ id, name, dropThreshold, isPeopleSource, hasSecret }} postgres={postgres} aws={aws} />
    </>
  );
}
