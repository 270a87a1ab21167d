import { AddPair } from "#components/campaigns/add-pair.tsx";
import { DutyHolders } from "#components/campaigns/duty-holders.tsx";
import { DutyPairs } from "#components/campaigns/duty-pairs.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { PageHeader, Section } from "#components/ui/page-header.tsx";
import { DeniedState } from "#components/ui/states.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { granteesOf } from "#lib/authz/permissions.ts";
import { loadDuties, type Search } from "#lib/campaigns/loaders.ts";

export const metadata = { title: "Separation of duties" };

export default async function DutiesPage({ searchParams }: { searchParams: Promise<Search> }) {
  const found = await loadDuties(await searchParams);
  if (!found) return <DeniedState what="Which duties do not go together" roles={granteesOf("campaign.read")} />;
  const { pairs, changedAt, changedBy, pairId, holders, canManage, readsAll } = found;
  const chosen = pairs.find(({ id }) => id === pairId);
  return (
    <>
      <PageHeader
        parent={readsAll ? <TextLink href="/campaigns">Campaigns</TextLink> : <TextLink href="/reviews">My reviews</TextLink>}
        title="Separation of duties"
        summary={
          <>
            What one person should not be able to do together.{" "}
            {changedAt ? (
              <>
                Last changed <Moment at={changedAt} show="relative" /> by {changedBy ?? "the local operator"}.
              </>
            ) : (
              "These are the pairs that Countersign comes with."
            )}
          </>
        }
        action={canManage ? <AddPair /> : undefined}
      />
      <p>
        From the next freeze on, whoever holds both sides is marked as a conflict in a review, and its reviewer takes one side away or asks
        for an exception before handing in. What was frozen before stays as it was.
      </p>
      <DutyPairs pairs={pairs} canManage={canManage} />
      {chosen && readsAll && (
        <Section title={`Who can ${chosen.sides[0].can} and ${chosen.sides[1].can}`}>
          <DutyHolders pair={chosen} holders={holders} />
        </Section>
      )}
    </>
  );
}
