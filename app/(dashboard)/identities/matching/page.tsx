import Link from "next/link";
import { MatchingTable } from "#components/ingest/matching-table.tsx";
import { IdentityTabs } from "#components/inventory/inventory-tabs.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { DeniedState } from "#components/ui/states.tsx";
import { granteesOf } from "#lib/authz/permissions.ts";
import { loadMatching } from "#lib/inventory/loaders.ts";

export const metadata = { title: "People matching" };

type Search = Record<string, string | string[] | undefined>;

export default async function MatchingPage({ searchParams }: { searchParams: Promise<Search> }) {
  const found = await loadMatching(await searchParams);
  if (!found) return <DeniedState what="People matching" roles={granteesOf("inventory.read")} />;
  const { waiting, ...table } = found;
  return (
    <>
      <PageHeader
        title="People matching"
        summary={
          waiting === 0
            ? "Whose identities are. A match by id or mail address counts at once; by names it is only proposed."
            : `${waiting} ${waiting === 1 ? "identity waits" : "identities wait"} for somebody to say whose ${waiting === 1 ? "it is" : "they are"}. Names prove nothing, so nothing counts before that.`
        }
        parent={<Link href="/identities">Identities</Link>}
      />
      <IdentityTabs waiting={waiting} />
      <MatchingTable {...table} />
    </>
  );
}
