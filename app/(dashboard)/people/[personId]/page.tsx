import Link from "next/link";
import { AccessList, AccessSummary } from "#components/inventory/access-list.tsx";
import { History } from "#components/inventory/history.tsx";
import classes from "#components/inventory/inventory.module.css";
import { leaverText } from "#components/inventory/inventory-words.ts";
import { OwnedList, PersonFacts, PersonIdentities, ReportList } from "#components/inventory/person-parts.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { counted, countText } from "#components/ui/moment-text.ts";
import { PageHeader, Section } from "#components/ui/page-header.tsx";
import { DeniedState, EmptyState } from "#components/ui/states.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import { granteesOf } from "#lib/authz/permissions.ts";
import { loadPerson } from "#lib/inventory/loaders.ts";
import type { PersonView } from "#lib/inventory/person.sql.ts";

type Props = { params: Promise<{ personId: string }> };

export async function generateMetadata({ params }: Props) {
  const person = await loadPerson((await params).personId);
  return { title: person?.name ?? "Person" };
}

export default async function PersonPage({ params }: Props) {
  const person = await loadPerson((await params).personId);
  if (!person) return <DeniedState what="This person" roles={granteesOf("inventory.read")} />;
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
      <Reach person={person} />
      <Section title="History">
        <History history={person.history} subject="people" wholeHref={null} />
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
          {person.name} is not in office{person.endedOn ? ` since ${person.endedOn}` : ""}, and {live.map(({ name }) => name).join(", ")}{" "}
          {live.length === 1 ? "is" : "are"} live and still {live.length === 1 ? "holds" : "hold"}{" "}
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

function Reach({ person: { id, reached, totals, identities } }: { person: PersonView }) {
  const more = totals.entitlements - reached.length;
  return (
    <Section title="What they can reach" aside={<AccessSummary totals={totals} />}>
      {reached.length === 0 ? (
        <EmptyState
          title="They reach nothing"
          why={identities.length === 0 ? "No identity is known to be theirs." : "No identity of theirs holds anything."}
        />
      ) : (
        <>
          <AccessList rows={reached} saysWho={identities.length > 1} />
          {more > 0 && (
            <p className={classes.notice}>
              <Link href={`/access?about=person:${id}`}>Show all {countText(totals.entitlements)}, with filters</Link>
            </p>
          )}
        </>
      )}
    </Section>
  );
}
