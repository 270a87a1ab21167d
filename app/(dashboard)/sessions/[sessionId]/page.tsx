import Link from "next/link";
import { notFound } from "next/navigation";
import { MfaBadge, PrivilegeBadge } from "#components/sessions/fact-badges.tsx";
import { SessionSequence } from "#components/sessions/session-sequence.tsx";
import { lengthWords, privilegeReason } from "#components/sessions/session-words.ts";
import classes from "#components/sessions/sessions.module.css";
import { DefinitionList } from "#components/ui/definition-list.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { countText, type MomentKind } from "#components/ui/moment-text.ts";
import { PageHeader, Section } from "#components/ui/page-header.tsx";
import { RawId } from "#components/ui/raw-id.tsx";
import { DeniedState } from "#components/ui/states.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { granteesOf } from "#lib/authz/permissions.ts";
import { loadSession } from "#lib/sessions/loaders.ts";
import type { SessionView } from "#lib/sessions/types.ts";

type Props = { params: Promise<{ sessionId: string }> };

export const metadata = { title: "Session" };

export default async function SessionPage({ params }: Props) {
  const found = await loadSession((await params).sessionId);
  if (!found) return <DeniedState what="This session" roles={granteesOf("session.read")} />;
  if (!found.session) notFound();
  const { session, parent, issue, steps, shown } = found;
  return (
    <>
      <PageHeader
        title={session.identity}
        parent={<Link href="/sessions">Sessions</Link>}
        badge={<PrivilegeBadge privileged={session.privileged} />}
        summary={<Summary session={session} />}
      />
      <div className={classes.columns}>
        <Section
          title="What happened"
          aside={
            session.events > shown
              ? `the first ${countText(shown)} of ${countText(session.events)} events`
              : `${countText(session.events)} events`
          }
        >
          {session.told === "read" && (
            <p className={classes.note}>
              {session.source} shows sessions while they last, not what is done in them: what happened between the beginning and the end is
              unknown.
            </p>
          )}
          <SessionSequence session={session} parent={parent} issue={issue} steps={steps} />
        </Section>
        <Section title="Facts">
          <Facts session={session} />
        </Section>
      </div>
    </>
  );
}

function Summary({ session }: { session: SessionView }) {
  const { isNow, startedAt, startedKind, told, source } = session;
  return (
    <>
      {isNow ? "Open" : "Over"}, begun <Moment at={startedAt} kind={startedKind as MomentKind} />;{" "}
      {told === "read" ? "read from" : "derived from the log of"} {source}
    </>
  );
}

function Known({ session: { identityId, identity, identityClass } }: { session: SessionView }) {
  if (!identityId) return <>no: nothing there has this name</>;
  return (
    <>
      <TextLink href={`/identities/${identityId}`}>{identity}</TextLink>, {identityClass.replaceAll("_", " ")}
    </>
  );
}

function Facts({ session }: { session: SessionView }) {
  const { startedAt, expiresAt } = session;
  const life = startedAt && expiresAt ? Date.parse(expiresAt) - Date.parse(startedAt) : null;
  return (
    <DefinitionList
      stacked
      facts={[
        { term: "Who", value: session.person ? `${session.identity}, of ${session.person}` : session.identity },
        { term: "In the inventory", value: <Known session={session} /> },
        { term: "On", value: <TextLink href={`/sources/${session.sourceId}`}>{session.source}</TextLink> },
        { term: "Privilege", value: privilegeReason(session) },
        { term: "Factor", value: <MfaBadge session={session} /> },
        { term: "Signed in by", value: session.authenticatedBy },
        {
          term: "Elevated by",
          value: session.elevatedFromId ? (
            <TextLink href={`/sessions/${session.elevatedFromId}`}>{session.elevatedFrom}</TextLink>
          ) : (
            (session.elevatedFrom ?? (session.told === "derived" ? "nobody: it was not elevated" : null))
          ),
        },
        { term: "From", value: session.address },
        { term: "Client", value: session.client },
        { term: "Last active", value: <Moment at={session.lastActiveAt} kind={session.lastActiveKind as MomentKind} /> },
        { term: "Token ends", value: expiresAt ? <Moment at={expiresAt} /> : null },
        ...(life !== null ? [{ term: "Given for", value: lengthWords(life) }] : []),
        ...(session.credential ? [{ term: "Key or token", value: <RawId value={session.credential} label="credential id" /> }] : []),
        { term: "Principal", value: session.principal ? <RawId value={session.principal} label="principal" /> : null },
      ]}
    />
  );
}
