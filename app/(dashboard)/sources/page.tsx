import Link from "next/link";
import { SourcesTable } from "#components/ingest/sources-table.tsx";
import { Freshness } from "#components/ui/freshness.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { PageHeader, Section } from "#components/ui/page-header.tsx";
import { DeniedState } from "#components/ui/states.tsx";
import { granteesOf } from "#lib/authz/permissions.ts";
import { loadSources } from "#lib/ingest/loaders.ts";
import { loadWaitingMatches } from "#lib/inventory/loaders.ts";

export const metadata = { title: "Sources" };

export default async function SourcesPage() {
  const [found, waiting] = await Promise.all([loadSources(), loadWaitingMatches()]);
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
      {waiting !== null && rows.length > 0 && (
        <Section title="People matching">
          <Link href="/identities/matching">
            {waiting === 0
              ? "Whose identities are: nothing waits for somebody"
              : `${waiting} ${waiting === 1 ? "identity waits" : "identities wait"} for somebody to say whose they are`}
          </Link>
        </Section>
      )}
    </>
  );
}
