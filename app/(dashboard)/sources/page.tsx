import { SourcesTable } from "#components/ingest/sources-table.tsx";
import { Freshness } from "#components/ui/freshness.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { DeniedState } from "#components/ui/states.tsx";
import { granteesOf } from "#lib/authz/permissions.ts";
import { loadSources } from "#lib/ingest/loaders.ts";

export const metadata = { title: "Sources" };

export default async function SourcesPage() {
  const found = await loadSources();
  if (!found) return <DeniedState what="The list of sources" roles={granteesOf("source.read")} />;
  const { rows, powers, freshness } = found;
  return (
    <>
      <PageHeader
        title="Sources"
        summary={<Freshness {...freshness} />}
        action={powers.canManage && rows.length > 0 ? <LinkButton href="/sources/new">Add a source</LinkButton> : undefined}
      />
      <SourcesTable rows={rows} canManage={powers.canManage} />
    </>
  );
}
