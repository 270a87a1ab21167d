import { type ReactNode, Suspense } from "react";
import { Freshness } from "#components/ui/freshness.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RowsSkeleton } from "#components/ui/page-skeleton.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { loadViewer } from "#lib/auth/loaders.ts";
import { loadSources } from "#lib/ingest/loaders.ts";
import {
  ApprovalsPart,
  CampaignsPart,
  FirstMinutePart,
  PosturePart,
  ProofPart,
  RemovalsPart,
  ReviewsPart,
  SourcesPart,
  WeekPart,
} from "./overview-parts.tsx";

export const metadata = { title: "Overview" };

/** `ofInventory`: says nothing before there is a source. */
type Part = { permission: string; rows: number; part: ReactNode; ofInventory?: boolean };

/** Own work first, then what the roles watch over. What a part shows is decided by its scope, not here. */
const PARTS: readonly Part[] = [
  { permission: "item.decide", rows: 2, part: <ReviewsPart /> },
  { permission: "posture.read", rows: 20, part: <PosturePart />, ofInventory: true },
  { permission: "posture.read", rows: 8, part: <WeekPart />, ofInventory: true },
  { permission: "source.manage", rows: 3, part: <SourcesPart /> },
  { permission: "campaign.read_all", rows: 3, part: <CampaignsPart /> },
  { permission: "evidence.read", rows: 3, part: <ProofPart /> },
  { permission: "remediation.read", rows: 3, part: <RemovalsPart /> },
];

/** What waits for whoever looks: each part comes when it has been read, into a place that was kept for it. */
export default async function OverviewPage() {
  const [viewer, sources] = await Promise.all([loadViewer(), loadSources()]);
  const permissions: readonly string[] = viewer?.permissions ?? [];
  const isEmpty = sources?.rows.length === 0;
  const parts = PARTS.filter(({ permission, ofInventory }) => permissions.includes(permission) && !(isEmpty && ofInventory));
  return (
    <>
      <PageHeader
        title="Overview"
        summary={
          <>
            {viewer && `What waits for you, ${viewer.displayName}.`}{" "}
            {sources && (
              <>
                Inventory <Freshness {...sources.freshness} />.
              </>
            )}
          </>
        }
      />
      <FirstMinutePart />
      <ApprovalsPart />
      {isEmpty && !permissions.includes("source.manage") && (
        <EmptyState title="No source yet" why="A platform engineer connects the first one; until then, who has which access is unknown." />
      )}
      {parts.map(({ part, rows }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts are a fixed list
        <Suspense key={index} fallback={<RowsSkeleton rows={rows} />}>
          {part}
        </Suspense>
      ))}
      {parts.length === 0 && <EmptyState title="No role yet" why="An administrator gives you a role; then your work appears here." />}
    </>
  );
}
