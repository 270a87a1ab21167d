import Link from "next/link";
import { sentenceOf } from "#components/inventory/access-words.ts";
import { AsOf } from "#components/inventory/as-of.tsx";
import { Contents } from "#components/inventory/contents-diff.tsx";
import { History } from "#components/inventory/history.tsx";
import classes from "#components/inventory/inventory.module.css";
import { LeadsToList } from "#components/inventory/leads-to-list.tsx";
import { PastHolders } from "#components/inventory/past-holders.tsx";
import { PastNotice } from "#components/inventory/past-notice.tsx";
import { PrivilegeMark } from "#components/inventory/privilege-mark.tsx";
import { ReachersTable } from "#components/inventory/reachers-table.tsx";
import { Versions } from "#components/inventory/versions.tsx";
import { DefinitionList } from "#components/ui/definition-list.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { counted, countText } from "#components/ui/moment-text.ts";
import { PageHeader, Section } from "#components/ui/page-header.tsx";
import { RawId } from "#components/ui/raw-id.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { DeniedState } from "#components/ui/states.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { granteesOf } from "#lib/authz/permissions.ts";
import type { EntitlementView } from "#lib/inventory/entitlement.sql.ts";
import { loadEntitlement, loadReachers, type Search, wholeOf } from "#lib/inventory/loaders.ts";

type Props = { params: Promise<{ entitlementId: string }>; searchParams: Promise<Search> };
type HoldersFound = NonNullable<Awaited<ReturnType<typeof loadReachers>>>;

export async function generateMetadata({ params, searchParams }: Props) {
  const entitlement = await loadEntitlement((await params).entitlementId, wholeOf(await searchParams));
  return { title: entitlement?.name ?? "Entitlement" };
}

export default async function EntitlementPage({ params, searchParams }: Props) {
  const { entitlementId } = await params;
  const search = await searchParams;
  const entitlement = await loadEntitlement(entitlementId, wholeOf(search));
  const holders = entitlement && (await loadReachers({ entitlementId }, entitlement.sourceSince, search));
  if (!entitlement || !holders) return <DeniedState what="This entitlement" roles={granteesOf("inventory.read")} />;
  const { versions, leadsTo, leadsToCount, resourceId } = entitlement;
  return (
    <>
      <PageHeader
        title={entitlement.name}
        parent={
          resourceId ? <Link href={`/resources/${resourceId}`}>{entitlement.resource}</Link> : <Link href="/resources">Resources</Link>
        }
        badge={entitlement.isGone ? <StateBadge state="deleted" /> : <PrivilegeMark privileged={entitlement.privileged} />}
        summary={
          <>
            {entitlement.meaning
              ? sentenceOf({ meaning: entitlement.meaning, entitlement: entitlement.name })
              : "Its source does not tell what it lets its holder do"}
            . As it stood <Moment at={entitlement.observedAt} show="relative" />.
          </>
        }
      />
      <div className={classes.columns}>
        <Section title="What it is">
          <EntitlementFacts entitlement={entitlement} />
        </Section>
        <Section title="What it leads to" aside={leadsToCount > 0 ? `${countText(leadsToCount)} more come with it` : undefined}>
          <LeadsToList rows={leadsTo} count={leadsToCount} />
        </Section>
      </div>
      <Holders entitlement={entitlement} holders={holders} />
      {entitlement.contents && (
        <Section title="What it contains">
          <Contents contents={entitlement.contents} />
        </Section>
      )}
      {versions.length > 1 && (
        <Section title="How its meaning drifted" aside={counted(versions.length, "version")}>
          <Versions versions={versions} sourceId={entitlement.sourceId} />
        </Section>
      )}
      <Section title="History">
        <History
          history={entitlement.history}
          subject="entitlements"
          wholeHref={`/entitlements/${entitlement.id}?whole=history`}
          since={entitlement.sourceSince}
        />
      </Section>
    </>
  );
}

function Holders({ entitlement, holders }: { entitlement: EntitlementView; holders: HoldersFound }) {
  const { reach, heldByEntitlements } = entitlement;
  const isPast = holders.kind === "past";
  return (
    <Section
      title={isPast ? "Who could reach it" : "Who can reach it"}
      aside={isPast ? undefined : `${countText(reach.identities)} identities, ${countText(reach.direct)} of them by a grant of their own`}
    >
      <div className={classes.stack}>
        <AsOf day={isPast ? holders.day : null} now={holders.now} />
        {isPast && (
          <PastNotice
            day={holders.day}
            state={holders.state}
            what="entitlement"
            source={entitlement.source}
            sourceSince={entitlement.sourceSince}
            isCut={holders.isCut}
          />
        )}
        {!isPast && heldByEntitlements.length > 0 && (
          <p className={classes.line}>
            <span className={classes.dim}>Everyone has it who has</span>
            {heldByEntitlements.map(({ id, name }) => (
              <TextLink key={id} href={`/entitlements/${id}`}>
                {name}
              </TextLink>
            ))}
          </p>
        )}
        {isPast ? (
          holders.state === "there" && <PastHolders reachers={holders.reachers} />
        ) : (
          <ReachersTable
            target={{ kind: "entitlement", id: entitlement.id, name: entitlement.name }}
            first={holders.first}
            total={reach.identities}
          />
        )}
      </div>
    </Section>
  );
}

function EntitlementFacts({ entitlement }: { entitlement: EntitlementView }) {
  const { resourceId } = entitlement;
  return (
    <DefinitionList
      facts={[
        { term: "Lets its holder do", value: entitlement.meaning },
        { term: "Privileged", value: privilegeOf(entitlement) },
        { term: "On", value: resourceId ? <TextLink href={`/resources/${resourceId}`}>{entitlement.resource}</TextLink> : null },
        { term: "Source", value: <TextLink href={`/sources/${entitlement.sourceId}`}>{entitlement.source}</TextLink> },
        { term: "Id in the source", value: <RawId value={entitlement.externalId} label="entitlement's id in the source" /> },
        { term: "First seen here", value: <Moment at={entitlement.firstSeenAt} /> },
        ...(entitlement.goneAt ? [{ term: "Gone since", value: <Moment at={entitlement.goneAt} /> }] : []),
      ]}
    />
  );
}

/** null is shown as unknown. */
function privilegeOf({ privileged, leadsTo }: EntitlementView): string | null {
  if (privileged === "unknown") return null;
  return privileged === "no" && leadsTo.some((each) => each.privileged === "yes")
    ? "not by itself; some of what it leads to is"
    : privileged;
}
