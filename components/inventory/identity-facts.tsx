import { DefinitionList } from "#components/ui/definition-list.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { RawId } from "#components/ui/raw-id.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import type { IdentityHead, MatchView, PastIdentity } from "#lib/inventory/identity.sql.ts";
import classes from "./inventory.module.css";
import { capital, leaverText, MATCH_WORDS, words } from "./inventory-words.ts";

/** What it is and who answers for it. On a past day what was then stands in place of what is now. */
export function IdentityFacts({ head, was }: { head: IdentityHead; was: PastIdentity | null }) {
  const { class: kind, status, environment } = was ?? head;
  return (
    <DefinitionList
      facts={[
        ...(was && was.name !== head.name ? [{ term: "Was called", value: was.name }] : []),
        { term: "Class", value: capital(words(kind)) },
        { term: "Status", value: capital(words(status)) },
        { term: "Environment", value: capital(words(environment)) },
        { term: "Purpose", value: head.purpose },
        { term: "Source", value: <TextLink href={`/sources/${head.sourceId}`}>{head.source}</TextLink> },
        { term: "Login", value: head.login ?? "none is told" },
        { term: "Id in the source", value: <RawId value={head.externalId} label="identity's id in the source" /> },
        { term: "First seen here", value: <Moment at={head.firstSeenAt} /> },
        ...(head.goneAt ? [{ term: "Gone since", value: <Moment at={head.goneAt} /> }] : []),
      ]}
    />
  );
}

export function OwnerFacts({ head, was }: { head: IdentityHead; was: PastIdentity | null }) {
  const matched = head.matches.find(({ state }) => state === "matched");
  return (
    <DefinitionList
      facts={[
        { term: "Person", value: <PersonOf head={head} match={matched} /> },
        ...(was
          ? [{ term: "Owner then", value: was.owner }]
          : [
              { term: "Owner", value: <OwnerOf id={head.ownerId} name={head.owner} text={head.ownerText} status={head.ownerStatus} /> },
              {
                term: "Backup owner",
                value: <OwnerOf id={head.backupOwnerId} name={head.backupOwner} text={head.backupOwnerText} status={null} />,
              },
            ]),
      ]}
    />
  );
}

function PersonOf({ head, match }: { head: IdentityHead; match: MatchView | undefined }) {
  const proposed = head.matches.filter(({ state }) => state === "proposed");
  if (!head.personId) {
    return (
      <>
        {head.class === "human" ? <ToneText tone="unknown">unknown</ToneText> : "none: it is nobody's own"}
        {proposed.map(({ id, personId, person, score, why }) => (
          <div key={id} className={classes.small}>
            could be <TextLink href={`/people/${personId}`}>{person}</TextLink> ({score} of 100: {why}); somebody has to{" "}
            <TextLink href={`/identities/matching?q=${encodeURIComponent(head.name)}`}>look at it</TextLink>
          </div>
        ))}
      </>
    );
  }
  const leaver = leaverText(head.personStatus);
  return (
    <>
      <TextLink href={`/people/${head.personId}`}>{head.person}</TextLink> {leaver && <ToneText tone="danger">{leaver}</ToneText>}
      {match && (
        <div className={classes.small}>
          matched {MATCH_WORDS[match.method] ?? words(match.method)}: {match.why}
          {match.decidedBy && `, ${match.decidedBy}`}, <Moment at={match.createdAt} show="date" />.{" "}
          <TextLink href={`/identities/matching?view=matched&q=${encodeURIComponent(head.name)}`}>Correct it</TextLink>
        </div>
      )}
    </>
  );
}

/** A text that names nobody is shown as it is: it is all that the source tells. */
function OwnerOf({ id, name, text, status }: { id: string | null; name: string | null; text: string | null; status: string | null }) {
  if (!id) return text ? <>“{text}”, who is nobody known here</> : <ToneText tone="unknown">unknown</ToneText>;
  const leaver = leaverText(status);
  return (
    <>
      <TextLink href={`/people/${id}`}>{name}</TextLink> {leaver && <ToneText tone="danger">{leaver}</ToneText>}
    </>
  );
}
