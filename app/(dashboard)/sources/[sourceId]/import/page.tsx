import Link from "next/link";
import { notFound } from "next/navigation";
import { FileImport } from "#components/connectors/file-import.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { DeniedState } from "#components/ui/states.tsx";
import { granteesOf } from "#lib/authz/permissions.ts";
import { loadSource } from "#lib/ingest/loaders.ts";
import { filesSettings } from "#lib/ingest/schema.ts";

export const metadata = { title: "Import files" };

export default async function ImportPage({ params }: { params: Promise<{ sourceId: string }> }) {
  const { powers, source } = await loadSource((await params).sourceId);
  if (!powers?.canManage) return <DeniedState what="Importing files" roles={granteesOf("source.manage")} />;
  if (source?.kind !== "files" || source.state === "retired") notFound();
  const saved = filesSettings.safeParse(source.config).data?.mapping?.files ?? [];
  return (
    <>
      <PageHeader
        title="Import newer files"
        summary={saved.length > 0 ? `The saved mapping knows ${saved.map(({ name }) => name).join(", ")}.` : "Nothing is mapped yet."}
        parent={<Link href={`/sources/${source.id}`}>{source.name}</Link>}
      />
      <FileImport source={{ id: source.id, saved, isPeopleSource: source.isPeopleSource }} />
    </>
  );
}
