import { PostureRowsTable } from "#components/overview/posture-rows-table.tsx";
import { listTitle } from "#components/overview/posture-words.ts";
import { PageHeader } from "#components/ui/page-header.tsx";
import { DeniedState } from "#components/ui/states.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { granteesOf } from "#lib/authz/permissions.ts";
import { loadPostureRows } from "#lib/inventory/loaders.ts";

export const metadata = { title: "Posture" };

type Search = Record<string, string | string[] | undefined>;

/** The rows behind one number of the overview. */
export default async function PosturePage({ searchParams }: { searchParams: Promise<Search> }) {
  const found = await loadPostureRows(await searchParams);
  if (!found) return <DeniedState what="The posture" roles={granteesOf("posture.read")} />;
  const { rows, params, isCut } = found;
  return (
    <>
      <PageHeader
        title={listTitle(params)}
        summary={isCut ? `The first ${rows.length}; narrow it by a bar of the overview's charts.` : "All of them, as of the last syncs."}
        parent={<TextLink href="/">Overview</TextLink>}
      />
      <PostureRowsTable rows={rows} of={params.of} caption={listTitle(params)} />
    </>
  );
}
