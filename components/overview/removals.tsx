import { Section } from "#components/ui/page-header.tsx";
import { StatTile, StatTiles } from "#components/ui/stat-tile.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import type { RemediationTotals } from "#lib/remediation/types.ts";

export function Removals({ totals }: { totals: RemediationTotals }) {
  if (totals.open + totals.unverified + totals.verified === 0)
    return (
      <Section title="Remediation">
        <EmptyState
          title="Nothing is to be removed"
          why="What a review revokes is taken away in its source, and counts as gone only when two later syncs no longer find it."
        />
      </Section>
    );
  return (
    <Section title="Remediation" aside={<TextLink href="/remediations">All tasks</TextLink>}>
      <StatTiles>
        <StatTile
          href={totals.overdue > 0 ? "/remediations?overdue=yes" : "/remediations"}
          value={totals.open}
          label="open"
          detail={totals.overdue > 0 ? `${totals.overdue} past their due date` : "none past its due date"}
          tone={totals.overdue > 0 ? "danger" : "neutral"}
        />
        <StatTile href="/remediations?state=PLANNED" value={totals.waitingForApproval} label="wait for approval" />
        <StatTile href="/remediations?state=APPLIED_UNVERIFIED" value={totals.unverified} label="done, not yet proven" />
        <StatTile
          href="/remediations?show=all&state=VERIFIED"
          value={totals.verified}
          label="proven gone"
          detail={totals.regrown > 0 ? `${totals.regrown} grew back` : "none grew back"}
          tone={totals.regrown > 0 ? "warning" : "neutral"}
        />
      </StatTiles>
    </Section>
  );
}
