import { Batches } from "#components/remediation/batches.tsx";
import classes from "#components/remediation/remediation.module.css";
import { RemediationsTable } from "#components/remediation/remediations-table.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { StatTile, StatTiles } from "#components/ui/stat-tile.tsx";
import { DeniedState } from "#components/ui/states.tsx";
import { granteesOf } from "#lib/authz/permissions.ts";
import { loadRemediations } from "#lib/remediation/loaders.ts";

export const metadata = { title: "Remediation" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function RemediationsPage({ searchParams }: Props) {
  const found = await loadRemediations(await searchParams);
  if (!found) return <DeniedState what="The list of removals" roles={granteesOf("remediation.read")} />;
  const { rows, totals, batches, executable, campaigns, isFiltered, isCut, campaignId } = found;
  const list = (filter: Record<string, string>) =>
    `/remediations?${new URLSearchParams({ ...(campaignId ? { campaignId } : {}), ...filter })}`;
  return (
    <>
      <PageHeader title="Remediation" summary="Access that was to be revoked, until two later complete syncs show that it is gone." />
      <div className={classes.tiles}>
        <StatTiles>
          <StatTile href={list({})} value={totals.open} label={totals.open === 1 ? "open removal" : "open removals"} />
          <StatTile
            href={list({ overdue: "yes" })}
            value={totals.overdue}
            label="overdue"
            {...(totals.overdue > 0 ? { detail: "past their due date", tone: "danger" as const } : {})}
          />
          <StatTile href={list({ state: "PLANNED" })} value={totals.waitingForApproval} label="waiting for approval" />
          <StatTile href={list({ state: "VERIFIED", show: "all" })} value={totals.verified} label="verified gone" />
        </StatTiles>
      </div>
      <Batches executable={executable} batches={batches} />
      <RemediationsTable rows={rows} campaigns={campaigns} isFiltered={isFiltered} isCut={isCut} hasFinished={totals.verified > 0} />
    </>
  );
}
