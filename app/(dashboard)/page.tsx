import { LinkButton } from "#components/ui/link-button.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { counted } from "#components/ui/moment-text.ts";
import { PageHeader, Section } from "#components/ui/page-header.tsx";
import { StatTile, StatTiles } from "#components/ui/stat-tile.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { loadViewer } from "#lib/auth/loaders.ts";
import { loadCampaigns, loadMyReviews } from "#lib/campaigns/loaders.ts";
import { loadSources } from "#lib/ingest/loaders.ts";
import { loadRemediations } from "#lib/remediation/loaders.ts";
import styles from "./overview.module.css";

export const metadata = { title: "Overview" };

const OVER = ["CLOSED", "ARCHIVED", "CANCELLED", "NOT_APPLICABLE"];

/** What waits for whoever looks: each part is shown to those whose work it is. */
export default async function OverviewPage() {
  const [viewer, reviews, campaigns, remediations, sources] = await Promise.all([
    loadViewer(),
    loadMyReviews(),
    loadCampaigns({}),
    loadRemediations({}),
    loadSources(),
  ]);
  const mine = Array.isArray(reviews) ? reviews : null;
  const isEmpty = !mine && !campaigns && !remediations && !sources;
  return (
    <>
      <PageHeader title="Overview" summary={viewer ? `What waits for you, ${viewer.displayName}.` : undefined} />
      {mine && <Reviews reviews={mine} />}
      {campaigns && <Campaigns rows={campaigns.rows} canManage={campaigns.canManage} />}
      {remediations && <Remediations totals={remediations.totals} />}
      {sources && <Sources rows={sources.rows} />}
      {isEmpty && <EmptyState title="No role yet" why="An administrator gives you a role; then your work appears here." />}
    </>
  );
}

function Reviews({ reviews }: { reviews: Exclude<Awaited<ReturnType<typeof loadMyReviews>>, null | "nobody"> }) {
  const waiting = reviews.filter(({ open, drafted }) => open + drafted > 0);
  return (
    <Section title="My reviews">
      {waiting.length === 0 ? (
        <EmptyState title="Nothing waits for your decision" why="When a campaign asks you about somebody's access, it appears here." />
      ) : (
        <ul className={styles.list}>
          {waiting.map((review) => (
            <li key={review.campaignId} className={styles.review}>
              <div>
                <strong>{review.name}</strong>
                <p className={styles.facts}>
                  {counted(review.open, "item")} to decide, {review.highOrCritical} of high or critical risk.{" "}
                  {counted(review.drafted, "answer")} not handed in. Due <Moment at={review.dueAt} show="due" zone={review.zone} />.
                </p>
              </div>
              <LinkButton href={`/campaigns/${review.campaignId}/review`} variant="filled">
                Review
              </LinkButton>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function Campaigns({ rows, canManage }: { rows: NonNullable<Awaited<ReturnType<typeof loadCampaigns>>>["rows"]; canManage: boolean }) {
  const current = rows.filter(({ state }) => !OVER.includes(state));
  return (
    <Section title="Campaigns" aside={<TextLink href="/campaigns">All campaigns</TextLink>}>
      {current.length === 0 ? (
        <EmptyState
          title="No campaign is under way"
          why="A campaign asks people whether access is still needed."
          action={canManage ? <LinkButton href="/campaigns/new">New campaign</LinkButton> : undefined}
        />
      ) : (
        <ul className={styles.list}>
          {current.map((row) => (
            <li key={row.id} className={styles.line}>
              <TextLink href={`/campaigns/${row.id}`}>{row.name}</TextLink>
              <StateBadge state={row.state} />
              <span className={styles.facts}>
                {row.items === null ? "not frozen yet" : `${row.answered} of ${row.items} answered`}, due{" "}
                <Moment at={row.dueAt} show="due" zone={row.zone} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function Remediations({ totals }: { totals: NonNullable<Awaited<ReturnType<typeof loadRemediations>>>["totals"] }) {
  return (
    <Section title="Remediation" aside={<TextLink href="/remediations">All tasks</TextLink>}>
      <StatTiles>
        <StatTile
          href="/remediations"
          value={totals.open}
          label="open"
          detail={totals.overdue > 0 ? `${totals.overdue} past their due date` : undefined}
          tone="danger"
        />
        <StatTile href="/remediations?state=PLANNED" value={totals.waitingForApproval} label="wait for approval" />
        <StatTile href="/remediations?state=APPLIED_UNVERIFIED" value={totals.unverified} label="done, not yet proven" />
        <StatTile
          href="/remediations?show=all&state=VERIFIED"
          value={totals.verified}
          label="proven gone"
          detail={totals.regrown > 0 ? `${totals.regrown} grew back` : undefined}
          tone="warning"
        />
      </StatTiles>
    </Section>
  );
}

function Sources({ rows }: { rows: NonNullable<Awaited<ReturnType<typeof loadSources>>>["rows"] }) {
  return (
    <Section title="Sources" aside={<TextLink href="/sources">All sources</TextLink>}>
      {rows.length === 0 ? (
        <EmptyState
          title="No source yet"
          why="Without a source there is nothing to review."
          action={<LinkButton href="/sources/new">Add a source</LinkButton>}
        />
      ) : (
        <ul className={styles.list}>
          {rows.map((row) => (
            <li key={row.id} className={styles.line}>
              <TextLink href={`/sources/${row.id}`}>{row.name}</TextLink>
              <StateBadge state={row.lastRun?.state ?? null} />
              <span className={styles.facts}>
                {row.lastAppliedAt ? (
                  <>
                    synced <Moment at={row.lastAppliedAt} show="relative" />
                  </>
                ) : (
                  "never synced"
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
