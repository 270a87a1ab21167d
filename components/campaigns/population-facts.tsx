import { DefinitionList } from "#components/ui/definition-list.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { counted, countText } from "#components/ui/moment-text.ts";
import { RawId } from "#components/ui/raw-id.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import type { CampaignPage } from "#lib/campaigns/campaign-types.ts";
import { EXCLUSION_WORDS } from "./campaign-words.ts";
import { VOID_WORDS } from "./words.ts";

type FactsProps = { campaign: CampaignPage };

/** When and as what the population was frozen, and what became of it since. */
export function PopulationFacts({ campaign }: FactsProps) {
  const { id, population, voided, sinceFreeze, policyDigest, zone } = campaign;
  if (!population) return null;
  return (
    <DefinitionList
      facts={[
        { term: "Frozen", value: <Moment at={population.frozenAt} zone={zone} /> },
        { term: "Items", value: <TextLink href={`/campaigns/${id}/items`}>{counted(population.itemCount, "item")}</TextLink> },
        ...accountFacts(campaign.account),
        {
          term: "Manifest",
          value: <RawId value={population.manifestDigest} label="digest of the manifest" short />,
          help: "SHA-256 of its canonical text",
        },
        { term: "Signature", value: <RawId value={population.signature} label="signature" short /> },
        { term: "Signed with key", value: <RawId value={population.keyId} label="key id" short /> },
        { term: "Risk rule", value: policyDigest ? <RawId value={policyDigest} label="digest of the rule" short /> : null },
        {
          term: "Voided since",
          value:
            voided.length === 0 ? (
              "nothing"
            ) : (
              <TextLink href={`/campaigns/${id}/items?state=voided`}>
                {voided.map(({ reason, items }) => `${countText(items)} because ${VOID_WORDS[reason]}`).join(", ")}
              </TextLink>
            ),
        },
        {
          term: "Granted since the freeze",
          value:
            sinceFreeze === null
              ? null
              : sinceFreeze.grants === 0
                ? "nothing in these sources"
                : `${counted(sinceFreeze.grants, "grant")}, listed below`,
        },
      ]}
    />
  );
}

/** What was left out and by whom, and what another source counts. */
function accountFacts(account: CampaignPage["account"]) {
  if (!account) return [];
  const { excluded, scopeSetBy, tieOuts } = account;
  const who = excluded.some(({ cause }) => cause !== "held_by_entitlement")
    ? ` The filters are ${scopeSetBy ?? "somebody unknown"}'s.`
    : "";
  return [
    {
      term: "Left out",
      value:
        excluded.length === 0
          ? "nothing"
          : `${excluded.map(({ cause, grants }) => `${countText(grants)} ${EXCLUSION_WORDS[cause]}`).join("; ")}.${who}`,
    },
    ...tieOuts.map((tie) => ({
      term: `${tie.sourceName} and ${tie.peopleSourceName}`,
      value: `${countText(tie.identities)} identities of people against ${countText(tie.peopleInOffice)} people in office: ${countText(tie.withoutIdentity)} without one, ${countText(tie.ofPeopleWhoLeft)} of people who left, ${countText(tie.unmatched)} of nobody known`,
    })),
  ];
}

const COUNT_WORDS: Readonly<Record<string, string>> = {
  KEEP: "kept",
  REVOKE: "to be revoked",
  REDUCE: "to be reduced",
  TIME_LIMIT: "limited in time",
  MACHINE_ACTION: "with a decision that fits machines",
  SUSPEND: "to be suspended",
  ABSTAIN: "abstained",
  EXCEPTION_REQUESTED: "with an exception requested",
  UNANSWERED: "unanswered",
  VOIDED: "voided",
};

/** Who fixed the outcomes, how they confirmed it, and the digest of the set. */
export function SignOffFacts({ campaign }: FactsProps) {
  const { signOff, zone } = campaign;
  if (!signOff) return null;
  const counts = Object.entries(signOff.counts)
    .filter(([name]) => name !== "items")
    .map(([name, items]) => `${countText(items)} ${COUNT_WORDS[name.toUpperCase()] ?? name.toLowerCase()}`);
  return (
    <DefinitionList
      facts={[
        { term: "Signed off by", value: signOff.userName },
        { term: "When", value: <Moment at={signOff.signedAt} zone={zone} /> },
        { term: "Confirmed with", value: signOff.stepUpMethod === "oidc" ? "single sign-on, once more" : "their password, once more" },
        { term: "Outcomes", value: counts.join(", ") },
        { term: "Digest of the set", value: <RawId value={signOff.digest} label="digest of the final set" short /> },
      ]}
    />
  );
}
