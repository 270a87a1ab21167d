import Link from "next/link";
import { AccessList, AccessSummary } from "#components/inventory/access-list.tsx";
import { AsOf } from "#components/inventory/as-of.tsx";
import { History } from "#components/inventory/history.tsx";
import classes from "#components/inventory/inventory.module.css";
import { leaverText } from "#components/inventory/inventory-words.ts";
import { PastNotice } from "#components/inventory/past-notice.tsx";
import { OwnedList, PersonFacts, PersonIdentities, ReportList } from "#components/inventory/person-parts.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { counted, countText, dayText } from "#components/ui/moment-text.ts";
import { PageHeader, Section } from "#components/ui/page-header.tsx";
import { DeniedState, EmptyState } from "#components/ui/states.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import { granteesOf } from "#lib/authz/permissions.ts";
import { loadPerson, loadPersonPast, type Search } from "#lib/inventory/loaders.ts";
import type { PersonView } from "#lib/inventory/person.sql.ts";

type Props = { params: Promise<{ personId: string }>; searchParams: Promise<Search> };
type Then = NonNullable<Awaited<ReturnType<typeof loadPersonPast>>>;

export async function generateMetadata({ params }: Props) {
  const person = await loadPerson((await params).personId);
  return { title: person?.name ?? "Person" };
}

export default async function PersonPage({ params, searchParams }: Props) {
  const person = await loadPerson((await params).personId);
  const then = person && (await loadPersonPast(person, await searchParams));
  if (!person || !then) return <DeniedState what="This person" roles={granteesOf("inventory.read")} />;
  const leaver = leaverText(person.status);
  return (
    <>
      <PageHeader
        title={person.name}
        parent={<Link href="/identities">Identities</Link>}
        badge={leaver && <ToneText tone="warning">{leaver}</ToneText>}
        summary={
          <>
            {[person.title, person.department].filter(Boolean).join(", ") || "Title and department unknown"}, as {person.source} told{" "}
            <Moment at={person.observedAt} show="relative" />
          </>
        }
      />
      {leaver && <LeaverNotice person={person} />}
      <div className={classes.columns}>
        <Section title="Who they are">
          <PersonFacts person={person} />
        </Section>
        <Section title="Their identities" aside={countText(person.identities.length)}>
          <PersonIdentities identities={person.identities} />
        </Section>
      </div>
      <div className={classes.columns}>
        <Section title="Whom they manage" aside={person.reportCount > 0 ? countText(person.reportCount) : undefined}>
          <ReportList reports={person.reports} count={person.reportCount} />
        </Section>
        <Section title="What they own">
          <OwnedList person={person} />
        </Section>
      </div>
      <Reach person={person} then={then} />
      <Section title="History">
        <History history={person.history} subject="people" wholeHref={null} since={person.sourceSince} />
      </Section>
    </>
  );
}

/** Whoever left should reach nothing; each live identity is named with what it still opens. */
function LeaverNotice({ person }: { person: PersonView }) {
  const live = person.identities.filter(({ status, grants }) => status !== "disabled" && status !== "deleted" && grants > 0);
  return (
    <div className={classes.notice} role="status">
      {live.length === 0 ? (
        <span>No identity of theirs that is not disabled holds anything any more.</span>
      ) : (
        <ToneText tone="danger">
          {person.name} is not in office{person.endedOn && ` since ${dayText(person.endedOn)}`}.{" "}
          {live.length === 1 ? "An identity" : `${countText(live.length)} identities`} of theirs can still be used and{" "}
          {live.length === 1 ? "holds" : "hold"}{" "}
          {counted(
            live.reduce((sum, { grants }) => sum + grants, 0),
            "grant",
          )}
          .
        </ToneText>
      )}
    </div>
  );
}

function Reach({ person, then: { now, past } }: { person: PersonView; then: Then }) {
  const { reached, totals } = past?.access ?? person;
  const more = totals.entitlements - reached.length;
  const isShown = past === null || past.state === "there";
  return (
    <Section title={past ? "What they could reach" : "What they can reach"} aside={isShown && <AccessSummary totals={totals} />}>
      <div className={classes.stack}>
        <AsOf day={past?.day ?? null} now={now} />
        {past && (
          <PastNotice
            day={past.day}
            state={past.state}
            what="person"
            source={person.source}
            sourceSince={person.sourceSince}
            isCut={past.access.isCut}
            unread={past.unread}
          />
        )}
        {isShown &&
          (reached.length === 0 ? (
            <EmptyState
              title={past ? "They reached nothing" : "They reach nothing"}
              why={
                person.identities.length === 0
                  ? "No identity is known to be theirs."
                  : past
                    ? "No identity of theirs held anything that day."
                    : "No identity of theirs holds anything."
              }
            />
          ) : (
            <AccessList rows={reached} isPast={past !== null} saysWho={person.identities.length > 1} />
          ))}
        {isShown && more > 0 && (
          <p className={classes.notice}>
            <Link href={past ? `/people/${person.id}?asOf=${past.day}&whole=access` : `/access?about=person:${person.id}`}>
              Show all {countText(totals.entitlements)}
              {!past && ", with filters"}
            </Link>
          </p>
        )}
      </div>
    </Section>
  );
}
