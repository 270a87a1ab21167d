import { DefinitionList } from "#components/ui/definition-list.tsx";
import { Moment } from "#components/ui/moment.tsx";
import { counted } from "#components/ui/moment-text.ts";
import { kindsOf } from "#lib/campaigns/item-kinds.ts";
import { campaignScope } from "#lib/campaigns/schema.ts";
import type { CampaignPage } from "#lib/campaigns/types.ts";
import classes from "./campaign-page.module.css";
import { ASKED_WORDS, CLASS_WORDS, ENVIRONMENT_WORDS } from "./campaign-words.ts";

const listed = (values: readonly string[], words: Readonly<Record<string, string>>): string =>
  values.length === 0 ? "all" : values.map((value) => words[value] ?? value).join(", ");

/** What the owner asked for when the campaign was set up. */
export function ScopeFacts({ campaign, sourceNames }: { campaign: CampaignPage; sourceNames: ReadonlyMap<string, string> }) {
  const { ledger, zone, dueAt, createdAt, watchDays, instructions, instructionsVersion, fallbackName, fallbackPersonId } = campaign;
  const scope = campaignScope.safeParse(campaign.scope).data;
  const names =
    ledger.length > 0
      ? ledger.map(({ sourceName }) => sourceName)
      : (scope?.sourceIds ?? []).map((id) => sourceNames.get(id) ?? "a retired source");
  const sources = names.join(", ");
  return (
    <DefinitionList
      facts={[
        { term: "Sources", value: sources },
        {
          term: "Asked about",
          value: scope
            ? kindsOf(scope)
                .map((kind) => ASKED_WORDS[kind].toLowerCase())
                .join(", ")
            : null,
        },
        { term: "Kinds of identities", value: scope ? listed(scope.identityClasses, CLASS_WORDS) : null },
        { term: "Environments", value: scope ? listed(scope.environments, ENVIRONMENT_WORDS) : null },
        { term: "Privilege", value: scope ? (scope.privilegedOnly ? "only what is privileged, or not known not to be" : "all") : null },
        { term: "Due", value: <Moment at={dueAt} zone={zone} /> },
        { term: "Fallback reviewer", value: fallbackPersonId === null ? "nobody" : fallbackName },
        { term: "Watch after removal", value: counted(watchDays, "day") },
        { term: "Made", value: <Moment at={createdAt} zone={zone} /> },
        { term: `Instructions, version ${instructionsVersion}`, value: <span className={classes.instructions}>{instructions}</span> },
      ]}
    />
  );
}
