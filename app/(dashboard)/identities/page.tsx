import { ClassPicture } from "#components/inventory/class-picture.tsx";
import { IdentitiesTable } from "#components/inventory/identities-table.tsx";
import { IdentityTabs } from "#components/inventory/inventory-tabs.tsx";
import { Freshness } from "#components/ui/freshness.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { DeniedState } from "#components/ui/states.tsx";
import { granteesOf } from "#lib/authz/permissions.ts";
import { loadSources } from "#lib/ingest/loaders.ts";
import { loadIdentities, type Search } from "#lib/inventory/loaders.ts";

export const metadata = { title: "Identities" };

export default async function IdentitiesPage({ searchParams }: { searchParams: Promise<Search> }) {
  const search = await searchParams;
  const [found, sources] = await Promise.all([loadIdentities(search), loadSources()]);
  if (!found) return <DeniedState what="The list of identities" roles={granteesOf("inventory.read")} />;
  const { first, classes, filter, isFiltered, waiting } = found;
  const counted = classes.filter((each) => filter.class === undefined || each.class === filter.class);
  return (
    <>
      <PageHeader
        title="Identities"
        summary={<>Every account, service, pipeline and role that was read; {sources && <Freshness {...sources.freshness} />}.</>}
        action={
          <LinkButton href="/access" variant="default">
            Who can reach what
          </LinkButton>
        }
      />
      <IdentityTabs waiting={waiting} />
      <ClassPicture counts={classes} selected={filter.class ?? null} hrefOf={(kind) => hrefOf(search, kind)} />
      <IdentitiesTable
        first={first}
        sources={found.sources}
        total={counted.reduce((sum, { count }) => sum + count, 0)}
        isFiltered={isFiltered}
      />
    </>
  );
}

/** The same list with another class. */
function hrefOf(search: Search, kind: string | null): string {
  const next = new URLSearchParams();
  for (const [name, value] of Object.entries(search))
    if (typeof value === "string" && name !== "class" && name !== "cursor") next.set(name, value);
  if (kind !== null) next.set("class", kind);
  return next.size > 0 ? `/identities?${next}` : "/identities";
}
