import Link from "next/link";
import { AsOf } from "#components/inventory/as-of.tsx";
import { EntitlementsList } from "#components/inventory/entitlements-list.tsx";
import { History } from "#components/inventory/history.tsx";
import classes from "#components/inventory/inventory.module.css";
import { capital, words } from "#components/inventory/inventory-words.ts";
import { PastHolders } from "#components/inventory/past-holders.tsx";
import { PastNotice } from "#components/inventory/past-notice.tsx";
import { ReachersTable } from "#components/inventory/reachers-table.tsx";
import { DefinitionList } from "#components/ui/definition-list.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { countText } from "#components/ui/moment-text.ts";
import { PageHeader, Section } from "#components/ui/page-header.tsx";
import { RawId } from "#components/ui/raw-id.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { DeniedState, EmptyState } from "#components/ui/states.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { granteesOf } from "#lib/authz/permissions.ts";
import { loadReachers, loadResource, type Search, wholeOf } from "#lib/inventory/loaders.ts";
import type { ResourceView } from "#lib/inventory/resource.sql.ts";

type ReachersFound = NonNullable<Awaited<ReturnType<typeof loadReachers>>>;
type Props = { params: Promise<{ resourceId: string }>; searchParams: Promise<Search> };

export async function generateMetadata({ params, searchParams }: Props) {
  const resource = await loadResource((await params).resourceId, wholeOf(await searchParams));
  return { title: resource?.name ?? "Resource" };
}

export default async function ResourcePage({ params, searchParams }: Props) {
  const { resourceId } = await params;
  const search = await searchParams;
  const resource = await loadResource(resourceId, wholeOf(search));
  const reachers = resource && (await loadReachers({ resourceId }, resource.sourceSince, search));
  if (!resource || !reachers) return <DeniedState what="This resource" roles={granteesOf("inventory.read")} />;
  const { entitlements, entitlementCount } = resource;
  const href = `/resources/${resource.id}`;
  return (
    <>
      <PageHeader
        title={resource.name}
        parent={<Link href="/resources">Resources</Link>}
        badge={resource.isGone ? <StateBadge state="deleted" /> : undefined}
        summary={
          <>
            {capital(words(resource.class))}, {words(resource.environment)}
            {resource.environment === "unknown" && " environment"}, as it stood <Moment at={resource.observedAt} show="relative" />
          </>
        }
      />
      <div className={classes.columns}>
        <Section title="What it is">
          <ResourceFacts resource={resource} />
        </Section>
        <Section title="What can be had on it" aside={`${countText(entitlementCount)} in all`}>
          {entitlements.length === 0 ? (
            <EmptyState title="Nothing can be had on it" why="Its source names no permission, role or membership on it." />
          ) : (
            <EntitlementsList entitlements={entitlements} />
          )}
          {entitlementCount > entitlements.length && (
            <Link href={`${href}?whole=entitlements`}>Show all {countText(entitlementCount)}</Link>
          )}
        </Section>
      </div>
      <Reachers resource={resource} reachers={reachers} />
      <Section title="History">
        <History history={resource.history} subject="resources" wholeHref={`${href}?whole=history`} since={resource.sourceSince} />
      </Section>
    </>
  );
}

function Reachers({ resource, reachers }: { resource: ResourceView; reachers: ReachersFound }) {
  const { reach } = resource;
  const isPast = reachers.kind === "past";
  return (
    <Section
      title={isPast ? "Who could reach it" : "Who can reach it"}
      aside={isPast ? undefined : `${countText(reach.identities)} identities, ${countText(reach.direct)} of them by a grant of their own`}
    >
      <div className={classes.stack}>
        <AsOf day={isPast ? reachers.day : null} now={reachers.now} />
        {isPast && (
          <PastNotice
            day={reachers.day}
            state={reachers.state}
            what="resource"
            source={resource.source}
            sourceSince={resource.sourceSince}
            isCut={reachers.isCut}
          />
        )}
        {isPast ? (
          reachers.state === "there" && <PastHolders reachers={reachers.reachers} saysWhat />
        ) : (
          <ReachersTable
            target={{ kind: "resource", id: resource.id, name: resource.name }}
            first={reachers.first}
            total={reach.identities}
          />
        )}
      </div>
    </Section>
  );
}

function ResourceFacts({ resource }: { resource: ResourceView }) {
  const { parentId, parts, partCount } = resource;
  return (
    <DefinitionList
      facts={[
        { term: "Class", value: capital(words(resource.class)) },
        { term: "Environment", value: capital(words(resource.environment)) },
        { term: "Sensitivity", value: capital(words(resource.sensitivity)) },
        {
          term: "Owner",
          value: resource.ownerId ? (
            <TextLink href={`/people/${resource.ownerId}`}>{resource.owner}</TextLink>
          ) : resource.ownerText ? (
            `“${resource.ownerText}”, who is nobody known here`
          ) : null,
        },
        { term: "Source", value: <TextLink href={`/sources/${resource.sourceId}`}>{resource.source}</TextLink> },
        ...(parentId ? [{ term: "Part of", value: <TextLink href={`/resources/${parentId}`}>{resource.parent}</TextLink> }] : []),
        ...(partCount > 0
          ? [
              {
                term: "Its parts",
                value: (
                  <span className={classes.line}>
                    {parts.map(({ id, name }) => (
                      <TextLink key={id} href={`/resources/${id}`}>
                        {name}
                      </TextLink>
                    ))}
                    {partCount > parts.length && <span className={classes.dim}>and {countText(partCount - parts.length)} more</span>}
                  </span>
                ),
              },
            ]
          : []),
        { term: "Id in the source", value: <RawId value={resource.externalId} label="resource's id in the source" /> },
        { term: "First seen here", value: <Moment at={resource.firstSeenAt} /> },
        ...(resource.goneAt ? [{ term: "Gone since", value: <Moment at={resource.goneAt} /> }] : []),
      ]}
    />
  );
}
