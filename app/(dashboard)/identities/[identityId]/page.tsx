import Link from "next/link";
import { IdentityItems } from "#components/campaigns/identity-items.tsx";
import { AccessList, AccessSummary } from "#components/inventory/access-list.tsx";
import { AsOf } from "#components/inventory/as-of.tsx";
import { History } from "#components/inventory/history.tsx";
import { IdentityFacts, OwnerFacts } from "#components/inventory/identity-facts.tsx";
import { Activity, CredentialList, FactorList } from "#components/inventory/identity-things.tsx";
import classes from "#components/inventory/inventory.module.css";
import { capital, words } from "#components/inventory/inventory-words.ts";
import { PastNotice } from "#components/inventory/past-notice.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { countText } from "#components/ui/moment-text.ts";
import { PageHeader, Section } from "#components/ui/page-header.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { DeniedState, EmptyState } from "#components/ui/states.tsx";
import { granteesOf } from "#lib/authz/permissions.ts";
import { loadIdentityItems } from "#lib/campaigns/loaders.ts";
import { loadIdentity, loadIdentityHead, type Search } from "#lib/inventory/loaders.ts";

type Props = { params: Promise<{ identityId: string }>; searchParams: Promise<Search> };
type Found = NonNullable<Awaited<ReturnType<typeof loadIdentity>>>;

export async function generateMetadata({ params }: Props) {
  const head = await loadIdentityHead((await params).identityId);
  return { title: head?.name ?? "Identity" };
}

export default async function IdentityPage({ params, searchParams }: Props) {
  const { identityId } = await params;
  const [found, items] = await Promise.all([loadIdentity(identityId, await searchParams), loadIdentityItems(identityId)]);
  if (!found) return <DeniedState what="This identity" roles={granteesOf("inventory.read")} />;
  const { head, past } = found;
  const was = past?.state === "there" ? past.was : null;
  const isShown = past === null || past.state === "there";
  return (
    <>
      <PageHeader
        title={head.name}
        parent={<Link href="/identities">Identities</Link>}
        badge={<StateBadge state={head.isGone ? "deleted" : head.status} />}
        summary={
          <>
            {capital(words(head.class))} in {head.source}, as it stood <Moment at={head.observedAt} show="relative" />
            {head.isGone && <>; gone from its source</>}
          </>
        }
      />
      <AsOf day={past?.day ?? null} now={found.now} />
      {past && (
        <PastNotice
          day={past.day}
          state={past.state}
          what="identity"
          source={head.source}
          sourceSince={head.sourceSince}
          isCut={found.access.isCut}
        />
      )}
      <div className={classes.columns}>
        <Section title={past === null ? "What it is" : was ? "What it was" : "What it is today"}>
          <IdentityFacts head={head} was={was} />
        </Section>
        <Section title={past === null || was ? "Who is behind it" : "Who is behind it today"}>
          <OwnerFacts head={head} was={was} />
        </Section>
      </div>
      {isShown && <Things found={found} />}
      {isShown && <Access found={found} />}
      {items && (
        <Section title="Reviews">
          <IdentityItems items={items} />
        </Section>
      )}
      <Section title="History">
        <History history={found.history} subject="identities" wholeHref={`/identities/${head.id}?whole=history`} since={head.sourceSince} />
      </Section>
    </>
  );
}

function Things({ found: { head, past, things, now } }: { found: Found }) {
  const tells = (stream: string) => head.told.includes(stream);
  return (
    <div className={`${classes.columns} ${classes.three}`}>
      <Section title="Sign-in and factors">
        <FactorList factors={things.factors} interactive={head.interactive} isTold={tells("factors")} />
      </Section>
      <Section title="Credentials">
        <CredentialList credentials={things.credentials} now={past?.at ?? now} isTold={tells("credentials")} />
      </Section>
      <Section title="Activity">
        <Activity
          lastUsed={past ? null : { kind: head.lastUsedKind, at: head.lastUsedAt }}
          created={{ kind: head.createdKind, at: head.createdAt }}
          origin={head.origin}
          sessions={things.sessions}
          trusts={things.trusts}
          tellsSessions={tells("sessions")}
        />
      </Section>
    </div>
  );
}

function Access({ found: { head, past, access } }: { found: Found }) {
  const { reached, totals } = access;
  const more = totals.entitlements - reached.length;
  return (
    <Section title={past ? "What it could reach" : "What it can reach"} aside={<AccessSummary totals={totals} />}>
      {reached.length === 0 ? (
        <EmptyState title="It reaches nothing" why="Its source names no grant of it, neither directly nor through a group or role." />
      ) : (
        <>
          <AccessList rows={reached} isPast={past !== null} />
          {more > 0 && (
            <p className={classes.notice}>
              <Link href={past ? `/identities/${head.id}?asOf=${past.day}&whole=access` : `/access?about=identity:${head.id}`}>
                Show all {countText(totals.entitlements)}
                {!past && ", with filters"}
              </Link>
            </p>
          )}
        </>
      )}
    </Section>
  );
}
