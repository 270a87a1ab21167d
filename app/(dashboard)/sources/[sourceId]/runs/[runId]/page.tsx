import Link from "next/link";
import { notFound } from "next/navigation";
import { ScopesTable } from "#components/connectors/scopes-table.tsx";
import { ChangesTable } from "#components/ingest/changes-table.tsx";
import { GateDecision } from "#components/ingest/gate-decision.tsx";
import classes from "#components/ingest/ingest.module.css";
import { LedgerTable } from "#components/ingest/ledger-table.tsx";
import { RunFacts } from "#components/ingest/run-facts.tsx";
import { RunProgress } from "#components/ingest/run-progress.tsx";
import { RunRowsSection } from "#components/ingest/run-rows.tsx";
import { durationText, outcomeText, triggerText } from "#components/ingest/run-words.ts";
import { Moment } from "#components/ui/moment.tsx";
import { PageHeader, Section } from "#components/ui/page-header.tsx";
import { Reasons } from "#components/ui/reasons.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { DeniedState } from "#components/ui/states.tsx";
import { granteesOf } from "#lib/authz/permissions.ts";
import { loadRun, loadRunningSnapshot, loadRunRows, type Search } from "#lib/ingest/loaders.ts";
import type { RunView } from "#lib/ingest/queries.ts";
import { loadMayRead } from "#lib/inventory/loaders.ts";

export const metadata = { title: "Sync run" };

type Props = { params: Promise<{ sourceId: string; runId: string }>; searchParams: Promise<Search> };

export default async function RunPage({ params, searchParams }: Props) {
  const { sourceId, runId } = await params;
  const { powers, run } = await loadRun(runId);
  if (!powers) return <DeniedState what="This sync run" roles={granteesOf("source.read")} />;
  if (!run || run.sourceId !== sourceId) notFound();
  const [running, rows, mayOpen] = await Promise.all([loadRunningSnapshot(runId), loadRunRows(run, await searchParams), loadMayRead()]);
  return (
    <>
      <PageHeader
        title="Sync run"
        badge={<StateBadge state={run.state} />}
        parent={<Link href={`/sources/${sourceId}`}>{run.sourceName}</Link>}
        summary={
          <>
            Started <Moment at={run.startedAt} show="instant" /> {triggerText(run.trigger)}
            {run.startedBy ? ` by ${run.startedBy}` : ""}
            {run.finishedAt ? `, ${durationText(run.startedAt, run.finishedAt)}` : ""}
          </>
        }
      />
      {running ? (
        <div className={classes.progress}>
          <RunProgress initial={running} />
        </div>
      ) : (
        <p>{outcomeText(run)}</p>
      )}
      <WhyAndWhat run={run} />
      {run.state === "HELD" && (
        <Section title="What can be done">
          <GateDecision
            runId={run.id}
            endsGrants={run.isComplete ? (run.changes.grants?.ended ?? 0) : 0}
            onlyAdditions={!run.isComplete}
            pending={run.pendingOverride}
            powers={powers}
          />
        </Section>
      )}
      {run.streams.length > 0 && (
        <Section title="Where every record went" aside="read = kept + excluded + rejected">
          <LedgerTable rows={run.streams} isRunning={run.state === "RUNNING"} />
        </Section>
      )}
      {Object.keys(run.changes).length > 0 && (
        <Section title={run.state === "APPLIED" ? "What it changed" : "What it would change"}>
          {isUnchanged(run) ? (
            <p>Nothing. Everything is as the run before left it.</p>
          ) : (
            <ChangesTable changes={run.changes} isApplied={run.state === "APPLIED"} />
          )}
        </Section>
      )}
      <Section title="What was read, and by whom">
        <RunFacts run={run} />
      </Section>
      {run.scopes.length > 0 && (
        <Section title="Scopes of the reader">
          <ScopesTable scopes={run.scopes} caption="Scopes that the reader held in this run" />
        </Section>
      )}
      <RunRowsSection run={run} rows={rows} mayOpen={mayOpen} />
    </>
  );
}

const isUnchanged = ({ changes }: RunView): boolean =>
  Object.values(changes).every(({ added, changed, ended }) => [added, changed, ended].every((count) => Number(count) === 0));

function WhyAndWhat({ run }: { run: RunView }) {
  if (run.reasons.length === 0 || run.state === "RUNNING") return null;
  const title = run.state === "FAILED" ? "What happened" : run.state === "APPLIED" ? "Why it had been held" : "Why it is held";
  return (
    <Section title={run.state === "HELD" || run.state === "FAILED" || run.state === "APPLIED" ? title : "Why it was held"}>
      <Reasons reasons={run.reasons.map(({ kind, text }) => ({ code: kind, text }))} />
    </Section>
  );
}
