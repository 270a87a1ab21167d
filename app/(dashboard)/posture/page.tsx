import { PostureRowsTable } from "#components/overview/posture-rows-table.tsx";
import { listTitle } from "#components/overview/posture-words.ts";
import { Freshness } from "#components/ui/freshness.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { DeniedState } from "#components/ui/states.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { granteesOf } from "#lib/authz/permissions.ts";
import { loadSources } from "#lib/ingest/loaders.ts";
import { loadPostureRows } from "#lib/inventory/loaders.ts";

export const metadata = { title: "Posture" };

type Search = Record<string, string | string[] | undefined>;

/** The rows behind one number of the overview. */
export default async function PosturePage({ searchParams }: { searchParams: Promise<Search> }) {
  const [found, sources] = await Promise.all([loadPostureRows(await searchParams), loadSources()]);
  if (!found) return <DeniedState what="The posture" roles={granteesOf("posture.read")} />;
  const { first, params } = found;
  return (
    <>
      <PageHeader
        title={listTitle(params)}
        summary={<>What the overview counts; {sources && <Freshness {...sources.freshness} />}.</>}
        parent={<TextLink href="/">Overview</TextLink>}
      />
      <PostureRowsTable key={listTitle(params)} first={first} params={params} caption={listTitle(params)} />
    </>
  );
}
