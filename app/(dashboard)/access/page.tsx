import Link from "next/link";
import classes from "#components/inventory/inventory.module.css";
import { MatrixExport } from "#components/inventory/matrix-export.tsx";
import { MatrixFilters } from "#components/inventory/matrix-filters.tsx";
import { MatrixTable } from "#components/inventory/matrix-table.tsx";
import { ReachedTable } from "#components/inventory/reached-table.tsx";
import { ReachersTable } from "#components/inventory/reachers-table.tsx";
import { SubjectSearch } from "#components/inventory/subject-search.tsx";
import { Freshness } from "#components/ui/freshness.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { counted, countText } from "#components/ui/moment-text.ts";
import { PageHeader, Section } from "#components/ui/page-header.tsx";
import { DeniedState, EmptyState } from "#components/ui/states.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import { granteesOf } from "#lib/authz/permissions.ts";
import { loadSources } from "#lib/ingest/loaders.ts";
import { loadAccess, loadMatrix, type Search } from "#lib/inventory/loaders.ts";

export const metadata = { title: "Who can reach what" };

export default async function AccessPage({ searchParams }: { searchParams: Promise<Search> }) {
  const search = await searchParams;
  const isMatrix = search.view === "matrix";
  const [sources, access, matrix] = await Promise.all([
    loadSources(),
    isMatrix ? null : loadAccess(search),
    isMatrix ? loadMatrix(search) : null,
  ]);
  if (!access && !matrix) return <DeniedState what="Who can reach what" roles={granteesOf("inventory.read")} />;
  return (
    <>
      <PageHeader
        title="Who can reach what"
        summary={<>By grants, groups and roles of every source together; {sources && <Freshness {...sources.freshness} />}.</>}
        action={matrix && matrix.matrix.identities.length > 0 ? <MatrixExport /> : undefined}
      />
      <nav className={classes.tabs} aria-label="Ways to ask">
        <Link href="/access" prefetch={false} className={classes.tab} aria-current={isMatrix ? undefined : "page"}>
          About one
        </Link>
        <Link href="/access?view=matrix" prefetch={false} className={classes.tab} aria-current={isMatrix ? "page" : undefined}>
          Identities by resources
        </Link>
      </nav>
      {access && <Answer asked={access.asked} />}
      {matrix && <MatrixPart found={matrix} />}
    </>
  );
}

type Asked = NonNullable<Awaited<ReturnType<typeof loadAccess>>>["asked"];

const PAGES = { person: "people", identity: "identities", resource: "resources", entitlement: "entitlements" } as const;

function Answer({ asked }: { asked: Asked }) {
  return (
    <>
      <SubjectSearch asked={asked} />
      {!asked ? (
        <Section title="The answer">
          <EmptyState
            title="Nothing is asked yet"
            why="Choose a person or an identity to see what they can reach, or a resource or an entitlement to see who can reach it, each with the way there."
          />
        </Section>
      ) : (
        <Section
          title={asked.question === "who" ? `Who can reach ${asked.name}?` : `What can ${asked.name} reach?`}
          aside={<Link href={`/${PAGES[asked.kind]}/${asked.id}`}>All about it</Link>}
        >
          {asked.question === "who" ? (
            <ReachersTable
              key={asked.id}
              target={{ kind: asked.kind === "resource" ? "resource" : "entitlement", id: asked.id, name: asked.name }}
              first={asked.first}
              total={null}
            />
          ) : (
            <ReachedTable
              key={asked.id}
              asked={{ kind: asked.kind === "person" ? "person" : "identity", id: asked.id, name: asked.name }}
              first={asked.first}
            />
          )}
        </Section>
      )}
    </>
  );
}

function MatrixPart({ found: { matrix, sources, isFiltered } }: { found: NonNullable<Awaited<ReturnType<typeof loadMatrix>>> }) {
  const { identities, identityCount, resources, resourceCount } = matrix;
  const isCut = identityCount > identities.length || resourceCount > resources.length;
  return (
    <div className={classes.stack}>
      <MatrixFilters sources={sources} />
      {identities.length === 0 || resources.length === 0 ? (
        <EmptyState
          title="Nothing to compare"
          why={`No ${identities.length === 0 ? "identity" : "resource that something can be had on"} ${isFiltered ? "fits this filter" : "was read from any source yet"}.`}
          action={isFiltered ? undefined : <LinkButton href="/sources">Go to the sources</LinkButton>}
        />
      ) : (
        <>
          {isCut ? (
            <ToneText tone="warning">
              {countText(identityCount)} identities and {countText(resourceCount)} resources fit; shown are the first {identities.length}{" "}
              and {resources.length} by name. Narrow the filter, or export: the file has them all.
            </ToneText>
          ) : (
            <span className={classes.dim}>
              {identityCount === 1 ? "1 identity" : `${countText(identityCount)} identities`} by {counted(resourceCount, "resource")}, all
              that fit.
            </span>
          )}
          <MatrixTable matrix={matrix} />
        </>
      )}
    </div>
  );
}
