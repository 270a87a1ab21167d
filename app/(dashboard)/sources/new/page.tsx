import Link from "next/link";
import { AwsSourceForm } from "#components/connectors/aws-source-form.tsx";
import { FileImport } from "#components/connectors/file-import.tsx";
import { KindChoice } from "#components/connectors/kind-choice.tsx";
import { PostgresSourceForm } from "#components/connectors/postgres-source-form.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { DeniedState } from "#components/ui/states.tsx";
import { granteesOf } from "#lib/authz/permissions.ts";
import { loadSources, type Search } from "#lib/ingest/loaders.ts";

export const metadata = { title: "Add a source" };

export default async function NewSourcePage({ searchParams }: { searchParams: Promise<Search> }) {
  const [found, { kind }] = await Promise.all([loadSources(), searchParams]);
  if (!found?.powers.canManage) return <DeniedState what="Adding a source" roles={granteesOf("source.manage")} />;
  const sources = <Link href="/sources">Sources</Link>;
  if (kind === "files")
    return (
      <>
        <PageHeader
          title="Add files as a source"
          summary="Choose exports of other systems, look at what would come out of them, import. The mapping is kept for the next time."
          parent={sources}
        />
        <FileImport source={null} />
      </>
    );
  if (kind === "postgres")
    return (
      <>
        <PageHeader
          title="Add a PostgreSQL server"
          summary="Reads roles, memberships, privileges, expiries and live sessions. It sees no row of any table."
          parent={sources}
        />
        <PostgresSourceForm />
      </>
    );
  if (kind === "aws")
    return (
      <>
        <PageHeader
          title="Add AWS accounts"
          summary="Reads who there is in IAM, what each may do and by which policies, and who may become whom. It changes nothing."
          parent={sources}
        />
        <AwsSourceForm />
      </>
    );
  return (
    <>
      <PageHeader title="Add a source" summary="Where do identities and their access come from?" parent={sources} />
      <KindChoice />
    </>
  );
}
