import { counted } from "#components/ui/moment-text.ts";
import type { CampaignPlan, Round } from "#lib/campaigns/plan.ts";
import { RING_WORDS } from "./plan-words.ts";
import type { Named } from "./round-fields.tsx";
import { RULE_WORDS } from "./words.ts";

/** Who is asked in each round, in the order asked. */
export const askedFacts = ({ rounds }: CampaignPlan, named: Named) =>
  rounds.map((round, at) => ({
    term: rounds.length === 1 ? "Asked" : `Asked in round ${at + 1}`,
    value: round.chain.map((link) => linkWords(link, round, named)).join(", then "),
    ...(round.group ? { help: RING_WORDS } : {}),
  }));

function linkWords(link: Round["chain"][number], round: Round, { people, groups }: Named): string {
  if (link === "named")
    return round.named.map((id) => people.find(({ personId }) => personId === id)?.name ?? "somebody unknown").join(", ");
  if (link !== "group") return RULE_WORDS[link];
  const group = groups.find(({ entitlementId }) => entitlementId === round.group);
  return group
    ? `whoever holds ${group.name} in ${group.source} (${counted(group.members, "member")} now)`
    : "a group that is not known here any more";
}
