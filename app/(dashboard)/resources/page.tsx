import { ResourcesTable } from "#components/inventory/resources-table.tsx";
import { Freshness } from "#components/ui/freshness.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { DeniedState } from "#components/ui/states.tsx";
import { granteesOf } from "#lib/authz/permissions.ts";
import { loadSources } from "#lib/ingest/loaders.ts";
import { loadResources, type Search } from "#lib/inventory/loaders.ts";

export const metadata = { title: "Resources" };

export default async function ResourcesPage({ searchParams }: { searchParams: Promise<Search> }) {
  const [found, sources] = await Promise.all([loadResources(await searchParams), loadSources()]);
  if (!found) return <DeniedState what="The list of resources" roles={granteesOf("inventory.read")} />;
  return (
    <>
      <PageHeader
        title="Resources"
        summary={<>What access is to, and how many identities reach it; {sources && <Freshness {...sources.freshness} />}.</>}
        action={
          <LinkButton href="/access" variant="default">
            Who can reach what
          </LinkButton>
        }
      />
      <ResourcesTable first={found.first} sources={found.sources} isFiltered={found.isFiltered} />
    </>
  );
}
