import { MicroRules } from "#components/campaigns/micro-rules.tsx";
import { MicroStarts } from "#components/campaigns/micro-starts.tsx";
import { MicroWaits } from "#components/campaigns/micro-waits.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { PageHeader, Section } from "#components/ui/page-header.tsx";
import { DeniedState } from "#components/ui/states.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import { granteesOf } from "#lib/authz/permissions.ts";
import { loadMicro } from "#lib/campaigns/loaders.ts";

export const metadata = { title: "Micro-campaigns" };

export default async function MicroPage() {
  const found = await loadMicro();
  if (!found) return <DeniedState what="The list of micro-campaigns" roles={granteesOf("campaign.read_all")} />;
  const { starts, waits, lines, countedAt, ownerName, previewDays, canManage } = found;
  const isOn = new Set(lines.flatMap(({ rule, settings }) => (settings.isOn ? [rule] : [])));
  return (
    <>
      <PageHeader
        parent={<TextLink href="/campaigns">Campaigns</TextLink>}
        title="Micro-campaigns"
        summary="Small reviews that an event starts: one item or a few, before the right reviewer, due in days."
      />
      {waits.length > 0 && (
        <Section title="Waiting for their turn">
          <MicroWaits waits={waits} isOn={(rule) => isOn.has(rule)} />
        </Section>
      )}
      <Section title="What was started">
        <MicroStarts rows={starts} />
      </Section>
      <Section title="Rules">
        <p>
          What grew back, and what lost its exception after a sign-off, always comes under review again. These rules are yours to switch.{" "}
          {ownerName ? `${ownerName} owns what they start.` : "Whoever switches the first one on owns what they start."}
        </p>
        <p>
          What each would have done was counted <Moment at={countedAt} show="relative" />, once a day.
        </p>
        <MicroRules lines={lines} canManage={canManage} days={previewDays} />
      </Section>
    </>
  );
}
