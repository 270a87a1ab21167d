import Link from "next/link";
import { notFound } from "next/navigation";
import { RunsTable } from "#components/ingest/runs-table.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { DeniedState } from "#components/ui/states.tsx";
import { granteesOf } from "#lib/authz/permissions.ts";
import { loadSource } from "#lib/ingest/loaders.ts";

export const metadata = { title: "Sync runs" };

export default async function RunsPage({ params }: { params: Promise<{ sourceId: string }> }) {
  const { powers, source, runs } = await loadSource((await params).sourceId);
  if (!powers) return <DeniedState what="The runs of this source" roles={granteesOf("source.read")} />;
  if (!source) notFound();
  return (
    <>
      <PageHeader
        title="Sync runs"
        summary="Every attempt to read the source, newest first."
        parent={<Link href={`/sources/${source.id}`}>{source.name}</Link>}
      />
      <RunsTable sourceId={source.id} first={runs} />
    </>
  );
}
