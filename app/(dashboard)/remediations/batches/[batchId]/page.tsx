import Link from "next/link";
import { notFound } from "next/navigation";
import { ProgressBar } from "#components/campaigns/progress-bar.tsx";
import { BatchActions } from "#components/remediation/batch-actions.tsx";
import classes from "#components/remediation/remediation.module.css";
import { BATCH_WORDS } from "#components/remediation/remediation-words.ts";
import { Underway } from "#components/remediation/underway.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { counted } from "#components/ui/moment-text.ts";
import { PageHeader, Section } from "#components/ui/page-header.tsx";
import { RiskBadge } from "#components/ui/risk-badge.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { DeniedState } from "#components/ui/states.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { granteesOf } from "#lib/authz/permissions.ts";
import { loadBatch } from "#lib/remediation/loaders.ts";
import type { BatchDetail } from "#lib/remediation/types.ts";

type Props = { params: Promise<{ batchId: string }> };

export const metadata = { title: "Removals in steps" };

export default async function BatchPage({ params }: Props) {
  const found = await loadBatch((await params).batchId);
  if (!found) return <DeniedState what="This series of removals" roles={granteesOf("remediation.read_all")} />;
  const { batch, powers } = found;
  if (!batch) notFound();
  const steps = [...Map.groupBy(batch.members, ({ step }) => step)];
  return (
    <>
      <PageHeader
        title={`${counted(batch.tasks, "removal")} in ${batch.sourceName}`}
        parent={<Link href="/remediations">Remediation</Link>}
        badge={<StateBadge state={batch.state} />}
        summary={
          <>
            Of <TextLink href={`/campaigns/${batch.campaignId}`}>{batch.campaignName}</TextLink>, begun by{" "}
            {batch.startedByName ?? "somebody"} <Moment at={batch.startedAt} />. Stops when{" "}
            {batch.stopAfter === 1 ? "one goes" : `${batch.stopAfter} go`} wrong.
          </>
        }
      />
      <Section title={batch.state === "RUNNING" ? "Under way" : "Where it stands"}>
        <div className={classes.next}>
          <p>
            {sentenceOf(batch)}{" "}
            {batch.state === "STOPPED" && (
              <TextLink href={`/remediations?campaignId=${batch.campaignId}`}>Begin it again from there</TextLink>
            )}
          </p>
          <ProgressBar label="Taken back" total={batch.tasks} submitted={batch.done} answered={batch.done + batch.wrong} />
          {batch.state === "RUNNING" && <Underway remediationId={batch.id} state="RUNNING" />}
          <BatchActions batch={batch} userId={powers.userId} canExecute={powers.canExecute} canRestore={powers.canRestore} />
        </div>
      </Section>
      {steps.map(([step, members]) => (
        <Section key={step} title={`Step ${step}: ${counted(members.length, "removal")}`}>
          <ul className={classes.batches}>
            {members.map(({ id, label, riskClass, state }) => (
              <li key={id} className={classes.batch}>
                <TextLink href={`/remediations/${id}`}>{label}</TextLink>
                <span className={classes.badges}>
                  <RiskBadge risk={riskClass} /> <StateBadge state={state} />
                </span>
              </li>
            ))}
          </ul>
        </Section>
      ))}
    </>
  );
}

function sentenceOf({ state, step, stoppedBecause, done, tasks }: BatchDetail): string {
  if (state === "STOPPED") return `Stopped in step ${step}: ${stoppedBecause ?? ""} What had not begun is approved again.`;
  if (state === "DONE")
    return `${BATCH_WORDS.DONE}: ${done} of ${tasks} taken back. Two later complete syncs have to show that they are gone.`;
  return `Step ${step} is under way. It can be left: the worker goes on by itself.`;
}
