import Link from "next/link";
import { notFound } from "next/navigation";
import { FilesTable } from "#components/ingest/files-table.tsx";
import { HealthBadge } from "#components/ingest/health-badge.tsx";
import classes from "#components/ingest/ingest.module.css";
import { MappingSummary } from "#components/ingest/mapping-summary.tsx";
import { RunsTable } from "#components/ingest/runs-table.tsx";
import { ScheduleButton } from "#components/ingest/schedule-button.tsx";
import { FreshnessFacts, IdentityFacts } from "#components/ingest/source-facts.tsx";
import { SourceNotice } from "#components/ingest/source-notice.tsx";
import { StateButtons } from "#components/ingest/state-buttons.tsx";
import { SyncNow } from "#components/ingest/sync-now.tsx";
import { TestButton } from "#components/ingest/test-button.tsx";
import { SourceWrites } from "#components/remediation/source-writes.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { PageHeader, Section } from "#components/ui/page-header.tsx";
import { DeniedState, EmptyState } from "#components/ui/states.tsx";
import { granteesOf } from "#lib/authz/permissions.ts";
import { takesUploads } from "#lib/connectors/registry.ts";
import { latestOf, loadRunningSnapshot, loadSource } from "#lib/ingest/loaders.ts";
import type { SourceView } from "#lib/ingest/queries.ts";
import { filesSettings } from "#lib/ingest/schema.ts";
import { loadMayRead } from "#lib/inventory/loaders.ts";

type Props = { params: Promise<{ sourceId: string }> };

export async function generateMetadata({ params }: Props) {
  const { source } = await loadSource((await params).sourceId);
  return { title: source?.name ?? "Source" };
}

export default async function SourcePage({ params }: Props) {
  const [{ powers, source, runs }, mayOpen] = await Promise.all([loadSource((await params).sourceId), loadMayRead()]);
  if (!powers) return <DeniedState what="This source" roles={granteesOf("source.read")} />;
  if (!source) notFound();
  const running = source.lastRun?.state === "RUNNING" ? await loadRunningSnapshot(source.lastRun.id) : null;
  const latest = latestOf(runs);
  const isMore = runs.nextCursor !== null || runs.rows.length > latest.rows.length;
  const isFiles = source.kind === "files";
  const isUploaded = takesUploads(source.kind, source.config);
  const mapping = isFiles ? mappedFiles(source) : [];
  const isRead = source.state === "active" && !running;
  return (
    <>
      <PageHeader
        title={source.name}
        parent={<Link href="/sources">Sources</Link>}
        badge={<HealthBadge health={source.health} />}
        summary={
          <>
            {source.kindLabel}, as it stood <Moment at={source.observedAt} show="relative" />
          </>
        }
        action={
          <>
            {isUploaded && powers.canManage && source.state !== "retired" && (
              <LinkButton href={`/sources/${source.id}/import`} variant="filled">
                {mapping.length > 0 || (!isFiles && source.files.length > 0) ? "Import files" : "Choose files"}
              </LinkButton>
            )}
            {powers.canSync && isRead && (!isUploaded || source.files.length > 0) && (
              <SyncNow sourceId={source.id} variant={isUploaded ? "default" : "filled"} />
            )}
          </>
        }
      />
      <SourceNotice source={source} running={running} />
      <div className={classes.columns}>
        <Section
          title="Freshness"
          aside={
            powers.canManage && source.state !== "retired" ? (
              <ScheduleButton sourceId={source.id} schedule={source.schedule} zone={source.scheduleZone} />
            ) : undefined
          }
        >
          <FreshnessFacts source={source} />
        </Section>
        <Section
          title="What it is"
          aside={
            powers.canManage && source.state !== "retired" ? (
              <Link href={`/sources/${source.id}/settings`}>Change the settings</Link>
            ) : undefined
          }
        >
          <IdentityFacts source={source} />
        </Section>
      </div>
      {mayOpen && source.lastAppliedAt && (
        <p className={classes.links}>
          <Link href={`/identities?source=${source.id}`}>Its identities</Link>
          <Link href={`/resources?source=${source.id}`}>Its resources</Link>
        </p>
      )}
      <Section title="Runs" aside={isMore ? <Link href={`/sources/${source.id}/runs`}>See all runs</Link> : undefined}>
        <RunsTable sourceId={source.id} first={latest} isLatest />
      </Section>
      {isFiles && <MappingSection mapping={mapping} />}
      {isUploaded && <FilesSection source={source} />}
      {!isFiles && (
        <Section title="May it be read?">
          <TestButton sourceId={source.id} canTest={powers.canManage && source.state !== "retired"} scopes={source.scopes} hasScopes />
        </Section>
      )}
      {source.state !== "retired" && <SourceWrites sourceId={source.id} />}
      {powers.canManage && (
        <Section title="Pause or retire">
          <StateButtons sourceId={source.id} name={source.name} state={source.state} />
        </Section>
      )}
    </>
  );
}

const mappedFiles = (source: SourceView) => filesSettings.safeParse(source.config).data?.mapping?.files ?? [];

function MappingSection({ mapping }: { mapping: ReturnType<typeof mappedFiles> }) {
  return (
    <Section title="Mapping">
      {mapping.length > 0 ? (
        <MappingSummary files={mapping} />
      ) : (
        <EmptyState title="No mapping yet" why="What the columns of its files mean has not been said, so nothing can be imported." />
      )}
    </Section>
  );
}

function FilesSection({ source }: { source: SourceView }) {
  return (
    <Section title="Files">
      {source.files.length > 0 ? (
        <FilesTable files={source.files} />
      ) : (
        <EmptyState title="No file yet" why="Nothing was uploaded for this source." />
      )}
    </Section>
  );
}
