import { DefinitionList } from "#components/ui/definition-list.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { counted } from "#components/ui/moment-text.ts";
import type { CampaignPage } from "#lib/campaigns/campaign-types.ts";
import { kindsOf } from "#lib/campaigns/item-kinds.ts";
import { campaignScope, type ScopeFilters } from "#lib/campaigns/schema.ts";
import classes from "./campaign-page.module.css";
import {
  ASKED_WORDS,
  CLASS_WORDS,
  ENVIRONMENT_WORDS,
  RESOURCE_CLASS_WORDS,
  SENSITIVITY_WORDS,
  SIGNED_OFF_WORDS,
} from "./campaign-words.ts";
import { askedFacts } from "./plan-facts.tsx";
import type { Named } from "./round-fields.tsx";

const listed = (values: readonly string[], words: Readonly<Record<string, string>>): string =>
  values.length === 0 ? "all" : values.map((value) => words[value] ?? value).join(", ");

/** The filters of a scope in words; those that are seldom set only where they are. */
export const scopeFacts = (scope: ScopeFilters, zone: string) => [
  {
    term: "Asked about",
    value: kindsOf(scope)
      .map((kind) => ASKED_WORDS[kind].toLowerCase())
      .join(", "),
  },
  { term: "Kinds of identities", value: listed(scope.identityClasses, CLASS_WORDS) },
  { term: "Kinds of resources", value: listed(scope.resourceClasses, RESOURCE_CLASS_WORDS) },
  { term: "Environments", value: listed(scope.environments, ENVIRONMENT_WORDS) },
  { term: "Sensitivity", value: listed(scope.sensitivities, SENSITIVITY_WORDS) },
  { term: "Privilege", value: scope.privilegedOnly ? "only what is privileged, or not known not to be" : "all" },
  ...(scope.unusedDays ? [{ term: "Use", value: `only what is not known to have been used for ${counted(scope.unusedDays, "day")}` }] : []),
  ...(scope.grantedSince ? [{ term: "Granted since", value: <Moment at={scope.grantedSince} zone={zone} /> }] : []),
  ...(scope.signedOffAs.length > 0 ? [{ term: "Last sign-off", value: listed(scope.signedOffAs, SIGNED_OFF_WORDS) }] : []),
];

type ScopeFactsProps = { campaign: CampaignPage; sourceNames: ReadonlyMap<string, string>; named: Named };

/** What the owner asked for when the campaign was set up. */
export function ScopeFacts({ campaign, sourceNames, named }: ScopeFactsProps) {
  const { ledger, zone, dueAt, createdAt, watchDays, instructions, instructionsVersion, fallbackName, fallbackPersonId } = campaign;
  const scope = campaignScope.safeParse(campaign.scope).data;
  const names =
    ledger.length > 0
      ? ledger.map(({ sourceName }) => sourceName)
      : (scope?.sourceIds ?? []).map((id) => sourceNames.get(id) ?? "a retired source");
  return (
    <DefinitionList
      facts={[
        { term: "Sources", value: names.join(", ") },
        ...(scope ? scopeFacts(scope, zone) : []),
        ...askedFacts(campaign.plan, named),
        { term: "Due", value: <Moment at={dueAt} zone={zone} /> },
        { term: "Fallback reviewer", value: fallbackPersonId === null ? "nobody" : fallbackName },
        { term: "Watch after removal", value: counted(watchDays, "day") },
        { term: "Made", value: <Moment at={createdAt} zone={zone} /> },
        { term: `Instructions, version ${instructionsVersion}`, value: <span className={classes.instructions}>{instructions}</span> },
      ]}
    />
  );
}
