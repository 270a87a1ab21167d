import type { JsonObject, JsonValue } from "#lib/audit/types.ts";
import { RISK_RULE_VERSION, type RiskParameters } from "#lib/policy/risk.ts";
import type { Follows } from "./freeze.sql.ts";
import type { Exclusion } from "./plan-types.ts";
import type { ComparedSource, Previous } from "./previous.sql.ts";
import type { TieOut } from "./tie-out.sql.ts";
import type { Block } from "./types.ts";

/** Items that agree in everything that is counted, and how many. */
export type ItemGroup = {
  sourceId: string;
  identityClass: string;
  identityStatus: string;
  riskClass: string;
  privileged: string;
  environment: string;
  sensitivity: string;
  lastUsedKind: string;
  startedKind: string;
  reviewerRule: string | null;
  change: string;
  items: number;
  /** Of them, carried forward. */
  carried: number;
};

export type SourceAccount = JsonObject & { id: string; name: string };
export type IdentityCounts = {
  identities: number;
  people: number;
  byClass: Record<string, number>;
  byStatus: Record<string, number>;
  byEmployment: Record<string, number>;
  /** Of people, without a person; of machines, without an owner; with an owner who has left. */
  orphaned: number;
  unowned: number;
  ownerLeft: number;
  factorsUnknown: number;
};

export type ManifestFacts = {
  campaign: {
    id: string;
    name: string;
    dueAt: string;
    zone: string;
    instructionsVersion: number;
    ownerUserId: string;
    fallbackPersonId: string | null;
    scope: JsonObject;
    /** Rounds with their chains, strategy, silence, reminders: as decided before the launch. */
    plan: JsonObject & { rounds: readonly unknown[] };
    templateId: string | null;
    scopeSetBy: string | null;
    scopeSetAt: string | null;
  };
  /** Who stands behind the links of several people in the first round, in order, and the rule that picks one. */
  pools: { rule: string; order: string; members: Record<string, string[]> };
  policy: { digest: string; parameters: RiskParameters };
  snapshotAt: string;
  sources: readonly SourceAccount[];
  leftOut: readonly { id: string; name: string; state: string }[];
  digest: { digest: string; form: string; items: number };
  groups: readonly ItemGroup[];
  identities: IdentityCounts;
  peopleActive: number;
  reviewers: number;
  tieOuts: readonly TieOut[];
  /** null: no earlier campaign of this template, this name or these sources. */
  comparison: { previous: Previous; sources: readonly ComparedSource[] } | null;
  excluded: readonly Exclusion[];
  overlaps: readonly { campaignId: string; name: string }[];
  /** What the gate found; of a follow-up, which does not stop for it, this is all there is of it. */
  blocks: readonly Block[];
  follows: readonly Follows[] | null;
  override: {
    requestId: string;
    requestedBy: string;
    confirmedBy: string | null;
    reason: string;
    confirmedAt: string;
    blocks: readonly Block[];
  } | null;
};

const UNKNOWN = ["unknown", "not_supported"];

/** The signed account of how a population came about. Nothing in it is left out for being zero or unknown; what cannot be shown is said. */
export function populationManifest(facts: ManifestFacts): JsonObject {
  const { groups, identities } = facts;
  const count = (holds: (group: ItemGroup) => boolean) => groups.reduce((sum, group) => sum + (holds(group) ? group.items : 0), 0);
  const by = (key: (group: ItemGroup) => string) => {
    const counts: Record<string, number> = {};
    for (const group of groups) counts[key(group)] = (counts[key(group)] ?? 0) + group.items;
    return counts;
  };
  return {
    type: "countersign.population-manifest",
    schema_version: 1,
    snapshot_at: facts.snapshotAt,
    campaign: {
      id: facts.campaign.id,
      name: facts.campaign.name,
      due_at: facts.campaign.dueAt,
      zone: facts.campaign.zone,
      instructions_version: facts.campaign.instructionsVersion,
      owner_user_id: facts.campaign.ownerUserId,
      fallback_person_id: facts.campaign.fallbackPersonId,
      scope: facts.campaign.scope,
      scope_set_by: facts.campaign.scopeSetBy,
      scope_set_at: facts.campaign.scopeSetAt,
      plan: facts.campaign.plan,
      template_id: facts.campaign.templateId,
    },
    policy: {
      digest: facts.policy.digest,
      risk_rule_version: RISK_RULE_VERSION,
      risk_parameters: {
        points: facts.policy.parameters.points,
        many_reached: facts.policy.parameters.manyReached,
        from: facts.policy.parameters.from,
      },
    },
    sources: facts.sources.map((source) => ({ ...source, items: count((group) => group.sourceId === source.id) })),
    sources_left_out: facts.leftOut.map(({ id, name, state }) => ({ id, name, state, reason: "not chosen for this campaign" })),
    population: { items: facts.digest.items, digest: facts.digest.digest, digest_lines: facts.digest.form },
    /** Every cause but the first is a filter, and somebody set it. */
    excluded: facts.excluded.map(({ cause, grants }) => ({
      cause,
      grants,
      set_by: cause === "held_by_entitlement" ? null : facts.campaign.scopeSetBy,
    })),
    identities: {
      in_scope: identities.identities,
      people: identities.people,
      by_class: identities.byClass,
      by_status: identities.byStatus,
      by_employment: identities.byEmployment,
      orphaned: identities.orphaned,
      unowned: identities.unowned,
      owner_left: identities.ownerLeft,
    },
    tie_out: { people_in_office: facts.peopleActive, people_with_items: identities.people, sources: facts.tieOuts.map(tieOutJson) },
    comparison: comparisonJson(facts.comparison),
    items: {
      by_class: by((group) => group.identityClass),
      by_status: by((group) => group.identityStatus),
      by_risk: by((group) => group.riskClass),
      by_environment: by((group) => group.environment),
      by_change: by((group) => group.change),
      privileged: count((group) => group.privileged === "yes"),
      carried_forward: groups.reduce((sum, group) => sum + group.carried, 0),
    },
    unknown: {
      privileged: count((group) => group.privileged === "unknown"),
      environment: count((group) => group.environment === "unknown"),
      sensitivity: count((group) => group.sensitivity === "unknown"),
      identity_class: count((group) => group.identityClass === "unknown"),
      last_used: count((group) => UNKNOWN.includes(group.lastUsedKind)),
      started: count((group) => UNKNOWN.includes(group.startedKind)),
      factors_of_identities: identities.factorsUnknown,
    },
    reviewers: {
      count: facts.reviewers,
      by_rule: by((group) => group.reviewerRule ?? "nobody"),
      /** An owner answers for their own machine only where somebody independent answers after them. */
      not_independent: facts.campaign.plan.rounds.length > 1 ? 0 : count((group) => group.reviewerRule === "identity_owner"),
      pools: facts.pools,
    },
    overlapping_campaigns: facts.overlaps.map(({ campaignId, name }) => ({ campaign_id: campaignId, name })),
    override: overrideJson(facts.override),
    follows:
      facts.follows?.map(({ kind, id, itemId, campaignId }) => ({
        ...(kind === "grant" ? { grant_id: id } : { kind, subject_id: id }),
        item_id: itemId,
        campaign_id: campaignId,
      })) ?? null,
    not_proven: notProven(facts),
  };
}

function tieOutJson(tie: TieOut): JsonObject {
  return {
    source_id: tie.sourceId,
    source_name: tie.sourceName,
    people_source_id: tie.peopleSourceId,
    people_source_name: tie.peopleSourceName,
    people_declared: tie.peopleDeclared,
    people_in_office: tie.peopleInOffice,
    people_with_identity: tie.withIdentity,
    people_without_identity: tie.withoutIdentity,
    identities_of_people: tie.identities,
    of_people_in_office: tie.ofPeopleInOffice,
    of_people_who_left: tie.ofPeopleWhoLeft,
    of_people_of_other_sources: tie.ofOthers,
    of_nobody_known: tie.unmatched,
  };
}

function comparisonJson(comparison: ManifestFacts["comparison"]): JsonValue {
  if (!comparison) return null;
  const { previous, sources } = comparison;
  return {
    campaign_id: previous.campaignId,
    name: previous.name,
    frozen_at: previous.frozenAt.toISOString(),
    manifest_digest: previous.manifestDigest,
    items: previous.items,
    sources: sources.map(({ sourceId, added, removed, changed, same, otherReviewer }) => ({
      source_id: sourceId,
      added,
      removed,
      changed,
      same,
      other_reviewer: otherReviewer,
    })),
  };
}

function overrideJson(override: ManifestFacts["override"]): JsonValue {
  if (!override) return null;
  return {
    request_id: override.requestId,
    requested_by: override.requestedBy,
    confirmed_by: override.confirmedBy,
    reason: override.reason,
    confirmed_at: override.confirmedAt,
    blocks: override.blocks.map(({ sourceId, sourceName, reason, detail }) => ({
      source_id: sourceId,
      source_name: sourceName,
      reason,
      detail,
    })),
  };
}

function notProven(facts: ManifestFacts): string[] {
  const letThrough = facts.override ? "Let through by two people." : "A follow-up of named grants does not stop for it.";
  const blocked = facts.blocks.map(({ sourceName, detail }) => `${sourceName}: ${detail} ${letThrough}`);
  return [
    ...(facts.tieOuts.length > 0
      ? []
      : [
          "No two sources tell of the same people, so there is no independent count of identities; the number of people in office is printed beside those with items.",
        ]),
    ...(facts.leftOut.length > 0 ? [`${facts.leftOut.length} configured sources are not part of this campaign.`] : []),
    ...blocked,
  ];
}
