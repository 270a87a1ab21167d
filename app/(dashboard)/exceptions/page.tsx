import classes from "#components/exceptions/exceptions.module.css";
import { ExceptionsTable } from "#components/exceptions/exceptions-table.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { StatTile, StatTiles } from "#components/ui/stat-tile.tsx";
import { DeniedState } from "#components/ui/states.tsx";
import { granteesOf } from "#lib/authz/permissions.ts";
import { loadExceptions } from "#lib/exceptions/loaders.ts";

export const metadata = { title: "Exceptions" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function ExceptionsPage({ searchParams }: Props) {
  const found = await loadExceptions(await searchParams);
  if (!found) return <DeniedState what="The list of exceptions" roles={granteesOf("exception.read")} />;
  const { rows, totals, inbox, isFiltered, isCut, canApprove } = found;
  return (
    <>
      <PageHeader title="Exceptions" summary="Access that stays for a time, under a control that is tested. Each ends at its date." />
      <div className={classes.tiles}>
        <StatTiles>
          {canApprove ? (
            <StatTile
              href="/exceptions?show=waiting"
              value={inbox.approvals}
              label={inbox.approvals === 1 ? "waits for your approval" : "wait for your approval"}
              {...(inbox.approvals > 0 ? { detail: `of ${totals.waiting} in approval`, tone: "warning" as const } : {})}
            />
          ) : (
            <StatTile href="/exceptions?state=IN_APPROVAL" value={totals.waiting} label="in approval" />
          )}
          <StatTile href="/exceptions?state=ACTIVE" value={totals.active} label="in force" />
          <StatTile
            href="/exceptions?show=expiring"
            value={totals.expiring}
            label={totals.expiring === 1 ? "ends within 30 days" : "end within 30 days"}
            {...(inbox.expiring > 0 ? { detail: `${inbox.expiring} of yours, not renewed`, tone: "warning" as const } : {})}
          />
          <StatTile
            href="/exceptions?state=SUSPENDED"
            value={totals.suspended}
            label="suspended"
            {...(totals.suspended > 0 ? { detail: "not covered now", tone: "danger" as const } : {})}
          />
        </StatTiles>
      </div>
      <ExceptionsTable rows={rows} isFiltered={isFiltered} isCut={isCut} />
    </>
  );
}
