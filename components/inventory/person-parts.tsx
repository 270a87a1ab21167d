import { DefinitionList } from "#components/ui/definition-list.tsx";
import { counted, countText, dayText } from "#components/ui/moment-text.ts";
import { RawId } from "#components/ui/raw-id.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import type { PersonIdentity, PersonName, PersonView } from "#lib/inventory/person.sql.ts";
import classes from "./inventory.module.css";
import { capital, leaverText, MATCH_WORDS, words } from "./inventory-words.ts";

export function PersonFacts({ person }: { person: PersonView }) {
  const { managerId, sponsorId } = person;
  return (
    <DefinitionList
      facts={[
        { term: "Status", value: leaverText(person.status) ?? (person.status === "unknown" ? null : "in office") },
        { term: "Employment", value: person.employment === "unknown" ? null : capital(words(person.employment)) },
        { term: "Mail", value: person.mail },
        {
          term: "Manager",
          value: managerId ? (
            <TextLink href={`/people/${managerId}`}>{person.manager}</TextLink>
          ) : person.managerText ? (
            `“${person.managerText}”, who is nobody known here`
          ) : (
            "none is told"
          ),
        },
        ...(sponsorId ? [{ term: "Sponsor", value: <TextLink href={`/people/${sponsorId}`}>{person.sponsor}</TextLink> }] : []),
        { term: "Started", value: person.startedOn && dayText(person.startedOn) },
        { term: "Ended", value: person.endedOn ? dayText(person.endedOn) : "no end is told" },
        { term: "Source", value: <TextLink href={`/sources/${person.sourceId}`}>{person.source}</TextLink> },
        { term: "Id in the source", value: <RawId value={person.externalId} label="person's id in the source" /> },
      ]}
    />
  );
}

export function PersonIdentities({ identities }: { identities: readonly PersonIdentity[] }) {
  if (identities.length === 0) return <p>No identity is known to be theirs.</p>;
  return (
    <ul className={classes.list}>
      {identities.map((row) => (
        <li key={row.id}>
          <span className={classes.line}>
            <TextLink href={`/identities/${row.id}`}>{row.name}</TextLink>
            <StateBadge state={row.status} />
            {leaverText(row.personStatus) && row.grants > 0 && row.status !== "disabled" && <ToneText tone="danger">live access</ToneText>}
          </span>
          <span className={classes.small}>
            {words(row.class)} in {row.source}, {counted(row.grants, "grant")}; theirs{" "}
            {row.method
              ? `${MATCH_WORDS[row.method] ?? words(row.method)}${row.why ? `: ${row.why}` : ""}`
              : "for a reason that is not kept"}
          </span>
        </li>
      ))}
    </ul>
  );
}

export function ReportList({ reports, count }: { reports: readonly PersonName[]; count: number }) {
  if (reports.length === 0) return <p>Nobody.</p>;
  return (
    <>
      <ul className={classes.list}>
        {reports.map(({ id, name, title, status }) => (
          <li key={id}>
            <span className={classes.line}>
              <TextLink href={`/people/${id}`}>{name}</TextLink> <span className={classes.dim}>{title}</span>
              {leaverText(status) && <ToneText tone="warning">{leaverText(status)}</ToneText>}
            </span>
          </li>
        ))}
      </ul>
      {count > reports.length && <p className={classes.dim}>{countText(count - reports.length)} more are counted and not listed.</p>}
    </>
  );
}

export function OwnedList({ person }: { person: PersonView }) {
  const { owned, ownedCount, ownedResources, ownedResourceCount } = person;
  if (ownedCount + ownedResourceCount === 0) return <p>No identity and no resource names them as its owner.</p>;
  return (
    <>
      <ul className={classes.list}>
        {owned.map(({ id, name, class: kind, source }) => (
          <li key={id}>
            <span className={classes.line}>
              <TextLink href={`/identities/${id}`}>{name}</TextLink>
              <span className={classes.dim}>
                {words(kind)} in {source}
              </span>
            </span>
          </li>
        ))}
        {ownedResources.map(({ id, name, class: kind }) => (
          <li key={id}>
            <span className={classes.line}>
              <TextLink href={`/resources/${id}`}>{name}</TextLink> <span className={classes.dim}>{words(kind)}</span>
            </span>
          </li>
        ))}
      </ul>
      {ownedCount > owned.length && (
        <TextLink href={`/identities?owner=${person.id}`}>Show all {countText(ownedCount)} identities</TextLink>
      )}{" "}
      {ownedResourceCount > ownedResources.length && (
        <TextLink href={`/resources?owner=${person.id}`}>Show all {countText(ownedResourceCount)} resources</TextLink>
      )}
    </>
  );
}
