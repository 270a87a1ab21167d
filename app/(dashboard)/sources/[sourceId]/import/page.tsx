import Link from "next/link";
import { notFound } from "next/navigation";
import { AwsNewerBundle } from "#components/connectors/aws-newer-bundle.tsx";
import { FileImport } from "#components/connectors/file-import.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { DeniedState } from "#components/ui/states.tsx";
import { granteesOf } from "#lib/authz/permissions.ts";
import { takesUploads } from "#lib/connectors/registry.ts";
import { loadSource } from "#lib/ingest/loaders.ts";
import { filesSettings } from "#lib/ingest/schema.ts";

export const metadata = { title: "Import files" };

export default async function ImportPage({ params }: { params: Promise<{ sourceId: string }> }) {
  const { powers, source } = await loadSource((await params).sourceId);
  if (!powers?.canManage) return <DeniedState what="Importing files" roles={granteesOf("source.manage")} />;
  if (!source || source.state === "retired" || !takesUploads(source.kind, source.config)) notFound();
  const parent = <Link href={`/sources/${source.id}`}>{source.name}</Link>;
  if (source.kind === "aws")
    return (
      <>
        <PageHeader title="Import a newer export" summary={summaryOf(source.files.map(({ name }) => name))} parent={parent} />
        <AwsNewerBundle sourceId={source.id} />
      </>
    );
  const saved = filesSettings.safeParse(source.config).data?.mapping?.files ?? [];
  return (
    <>
      <PageHeader
        title="Import newer files"
        summary={saved.length > 0 ? `The saved mapping knows ${saved.map(({ name }) => name).join(", ")}.` : "Nothing is mapped yet."}
        parent={parent}
      />
      <FileImport source={{ id: source.id, saved, isPeopleSource: source.isPeopleSource }} />
    </>
  );
}

const summaryOf = (names: readonly string[]): string =>
  names.length > 0 ? `What is chosen takes the place of what is there: ${names.join(", ")}.` : "Nothing was uploaded yet.";
