import Link from "next/link";
import { notFound } from "next/navigation";
import { ApprovalChain } from "#components/exceptions/approval-chain.tsx";
import { ExceptionActions } from "#components/exceptions/exception-actions.tsx";
import { ControlFacts, ScopeFacts } from "#components/exceptions/exception-facts.tsx";
import { ExceptionHistory } from "#components/exceptions/exception-history.tsx";
import { EXCEPTION_SENTENCES } from "#components/exceptions/exception-words.ts";
import classes from "#components/exceptions/exceptions.module.css";
import { Moment } from "#components/ui/moment.tsx";
import { PageHeader, Section } from "#components/ui/page-header.tsx";
import { Reasons } from "#components/ui/reasons.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { DeniedState } from "#components/ui/states.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import { granteesOf } from "#lib/authz/permissions.ts";
import { loadException } from "#lib/exceptions/loaders.ts";
import type { ExceptionDetail } from "#lib/exceptions/types.ts";
import { loadMayRead } from "#lib/inventory/loaders.ts";

type Props = { params: Promise<{ exceptionId: string }> };

export const metadata = { title: "Exception" };

export default async function ExceptionPage({ params }: Props) {
  const [found, mayOpen] = await Promise.all([loadException((await params).exceptionId), loadMayRead()]);
  if (!found) return <DeniedState what="This exception" roles={granteesOf("exception.read")} />;
  const { exception } = found;
  if (!exception) notFound();
  const { state, label, whyNot, endedAt, waitsFor } = exception;
  return (
    <>
      <PageHeader
        title={label}
        parent={<Link href="/exceptions">Exceptions</Link>}
        badge={<StateBadge state={state} />}
        summary={<Ends exception={exception} />}
      />
      <Section title={endedAt ? "Where it stands" : "What comes next"}>
        <div className={classes.next}>
          <p>{EXCEPTION_SENTENCES[state]}</p>
          {waitsFor !== null && <ApprovalChain exception={exception} />}
          {whyNot.length > 0 && <Reasons label="What stands in the way for you" reasons={whyNot.map((text) => ({ text }))} />}
          <ExceptionActions exception={exception} />
        </div>
      </Section>
      <div className={classes.columns}>
        <Section title="What and why">
          <ScopeFacts exception={exception} mayOpen={mayOpen} />
        </Section>
        <Section title="Compensating control">
          <ControlFacts exception={exception} />
        </Section>
      </div>
      <Section title="History">
        <ExceptionHistory events={exception.events} />
      </Section>
    </>
  );
}

function Ends({ exception: { endedAt, expiresAt, isExpiring } }: { exception: ExceptionDetail }) {
  if (endedAt)
    return (
      <>
        Ended <Moment at={endedAt} show="due" />
      </>
    );
  const ends = (
    <>
      Ends <Moment at={expiresAt} show="due" />
    </>
  );
  return isExpiring ? <ToneText tone="warning">{ends}, soon</ToneText> : ends;
}
