import { ExportableList } from "#components/evidence/exportable-list.tsx";
import { PacksTable } from "#components/evidence/packs-table.tsx";
import { RunningExports } from "#components/evidence/running-exports.tsx";
import { VerifyBox } from "#components/evidence/verify-box.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { PageHeader, Section } from "#components/ui/page-header.tsx";
import { DeniedState, EmptyState } from "#components/ui/states.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { granteesOf } from "#lib/authz/permissions.ts";
import { loadEvidence, type Search } from "#lib/evidence/loaders.ts";

export const metadata = { title: "Evidence" };

export default async function EvidencePage({ searchParams }: { searchParams: Promise<Search> }) {
  const found = await loadEvidence(await searchParams);
  if (!found) return <DeniedState what="Evidence" roles={granteesOf("evidence.read")} />;
  const { packs, exportable, exports, key, campaign, campaignId, canExport } = found;
  return (
    <>
      <PageHeader
        title={campaign ? `Evidence of ${campaign.name}` : "Evidence"}
        summary="What a review can prove, in one file that is checked without Countersign: population, decisions, removals, the log, and what could not be proven."
        {...(campaignId ? { parent: <TextLink href="/evidence">Evidence</TextLink> } : {})}
      />
      {exports.length > 0 && (
        <Section title="Exports under way">
          <RunningExports exports={exports} />
        </Section>
      )}
      <Section title="Signed-off campaigns">
        {exportable.length > 0 ? (
          <ExportableList rows={exportable} canExport={canExport} />
        ) : (
          <EmptyState
            title={campaignId ? "This campaign is not signed off" : "No campaign is signed off yet"}
            why="Evidence is exported once the owner of a campaign has signed its outcome: until then decisions may still change."
            action={
              <LinkButton href={campaignId ? `/campaigns/${campaignId}` : "/campaigns"} variant="default">
                {campaignId ? "Go to the campaign" : "Go to campaigns"}
              </LinkButton>
            }
          />
        )}
      </Section>
      <Section title="Packs">
        <PacksTable rows={packs} hasExportable={exportable.length > 0} />
      </Section>
      <VerifyBox signingKey={key} />
    </>
  );
}
