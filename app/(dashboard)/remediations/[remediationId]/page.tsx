import Link from "next/link";
import { notFound } from "next/navigation";
import { InventoryLink } from "#components/inventory/inventory-link.tsx";
import { Proofs } from "#components/remediation/proofs.tsx";
import classes from "#components/remediation/remediation.module.css";
import { RemediationActions } from "#components/remediation/remediation-actions.tsx";
import { RemediationHistory } from "#components/remediation/remediation-history.tsx";
import { isSettled, stateSentence } from "#components/remediation/remediation-words.ts";
import { TicketLink } from "#components/remediation/ticket.tsx";
import { Underway } from "#components/remediation/underway.tsx";
import { Verification } from "#components/remediation/verification.tsx";
import { DefinitionList } from "#components/ui/definition-list.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { PageHeader, Section } from "#components/ui/page-header.tsx";
import { Reasons } from "#components/ui/reasons.tsx";
import { RiskBadge } from "#components/ui/risk-badge.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { DeniedState } from "#components/ui/states.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import { granteesOf } from "#lib/authz/permissions.ts";
import { termsText } from "#lib/campaigns/terms-words.ts";
import { loadMayRead } from "#lib/inventory/loaders.ts";
import { loadRemediation } from "#lib/remediation/loaders.ts";
import { KIND_VERBS, proofText, todoText } from "#lib/remediation/task-words.ts";
import type { RemediationDetail } from "#lib/remediation/types.ts";

type Props = { params: Promise<{ remediationId: string }> };

export const metadata = { title: "Removal" };

export default async function RemediationPage({ params }: Props) {
  const [found, mayOpen] = await Promise.all([loadRemediation((await params).remediationId), loadMayRead()]);
  if (!found) return <DeniedState what="This removal" roles={granteesOf("remediation.read")} />;
  const { remediation, powers } = found;
  if (!remediation) notFound();
  const { state, label, whyNot, can } = remediation;
  const mayApprove = powers.canApprove && can.approve;
  return (
    <>
      <PageHeader
        title={label}
        parent={<Link href="/remediations">Remediation</Link>}
        badge={<StateBadge state={state} />}
        summary={<Due remediation={remediation} />}
      />
      <Section title={isSettled(state) ? "Where it stands" : "What comes next"}>
        <div className={classes.next}>
          <p>{stateSentence(state, remediation.kind)}</p>
          {!isSettled(state) && remediation.kind !== "revoke" && <p>{todoText(remediation)}</p>}
          {(state === "QUEUED" || state === "RUNNING") && <Underway remediationId={remediation.id} state={state} />}
          {whyNot.length > 0 && !isSettled(state) && !mayApprove && (
            <Reasons label="What stands in the way for you" reasons={whyNot.map((text) => ({ text }))} />
          )}
          <RemediationActions
            remediation={remediation}
            canApprove={powers.canApprove}
            canExecute={powers.canExecute}
            canClaim={powers.canClaim}
            canRestore={powers.canRestore}
            userId={powers.userId}
          />
        </div>
      </Section>
      <div className={classes.columns}>
        <Section title="What and why">
          <Facts remediation={remediation} mayOpen={mayOpen} />
        </Section>
        <Section title="Proof">
          <p>{proofText(remediation)}</p>
          <Verification remediation={remediation} />
          <Proofs remediationId={remediation.id} proofs={remediation.proofs} canAdd={powers.canClaim && !isSettled(state)} />
        </Section>
      </div>
      <Section title="History">
        <RemediationHistory events={remediation.events} />
      </Section>
    </>
  );
}

function Due({ remediation }: { remediation: RemediationDetail }) {
  const { state, slaDueAt, isOverdue } = remediation;
  if (isSettled(state)) return <>Was due {<Moment at={slaDueAt} show="due" />}</>;
  const due = (
    <>
      Due <Moment at={slaDueAt} show="due" />
    </>
  );
  return isOverdue ? <ToneText tone="danger">{due}, overdue</ToneText> : due;
}

function Facts({ remediation, mayOpen }: { remediation: RemediationDetail; mayOpen: boolean }) {
  const { campaignId, itemId, sourceId } = remediation;
  const isApproved = remediation.events.some(({ kind }) => kind === "APPROVED");
  return (
    <DefinitionList
      facts={[
        {
          term: "Identity",
          value: (
            <InventoryLink page="identities" id={remediation.identityId} may={mayOpen}>
              {remediation.identityName}
            </InventoryLink>
          ),
        },
        { term: "Decision", value: KIND_VERBS[remediation.kind] },
        ...(remediation.terms ? [{ term: "Asked for", value: termsText(remediation.terms) }] : []),
        ...(remediation.notBefore ? [{ term: "At the latest", value: <Moment at={remediation.notBefore} /> }] : []),
        {
          term: remediation.itemKind === "grant" ? "Access" : "About",
          value: (
            <InventoryLink page="entitlements" id={remediation.entitlementId} may={mayOpen}>
              {remediation.entitlementName}
            </InventoryLink>
          ),
        },
        { term: "Source", value: <TextLink href={`/sources/${sourceId}`}>{remediation.sourceName}</TextLink> },
        { term: "Risk", value: <RiskBadge risk={remediation.riskClass} /> },
        { term: "Campaign", value: <TextLink href={`/campaigns/${campaignId}`}>{remediation.campaignName}</TextLink> },
        { term: "Item", value: <TextLink href={`/campaigns/${campaignId}/items/${itemId}`}>the item that was decided</TextLink> },
        { term: "Decided by", value: remediation.decisionId === null ? "nobody: by silence" : remediation.decidedByName },
        { term: "Because", value: remediation.rationale ? `“${remediation.rationale}”` : null },
        {
          term: "Approved by",
          value: remediation.approvedByName ?? unapproved(remediation.state, isApproved),
        },
        ...(remediation.ticket ? [{ term: "Ticket", value: <TicketLink ticket={remediation.ticket} /> }] : []),
        { term: "Executed by", value: remediation.executedByName ?? (remediation.appliedAt ? "by hand, as told below" : "nobody yet") },
        { term: "Done in the source", value: remediation.appliedAt ? <Moment at={remediation.appliedAt} /> : "not yet" },
      ]}
    />
  );
}

function unapproved(state: string, isApproved: boolean): string {
  if (isApproved) return "the decision itself: at this risk it needs no other";
  return state === "PLANNED" ? "nobody yet" : "nobody: what is done by hand asks for none";
}
