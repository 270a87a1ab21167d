import type { RiskClass } from "#lib/policy/risk.ts";
import { type Delegation, delegationRefusals, isInForce } from "./delegation.ts";
import { type AccessGraph, barCircles, dependencesOf, isLine, subjectsOf } from "./independence.ts";
import { mayItemMove, mayMove } from "./lifecycle.ts";
import { decidingRound, isDecisive, outcomeOfAnswer } from "./outcome.ts";
import type { CampaignPlan } from "./plan.ts";
import { type Candidate, type Chain, resolveReviewer } from "./reviewers.ts";
import { advancesByItself, escalatesFrom, isLastRound, mayAdvance, roundOf } from "./rounds.ts";
import { decisionRefusals, hopRefusals } from "./rules.ts";
import { silenceRule, silentOutcome } from "./silence.ts";
import type { CampaignState, ItemState, Outcome, ReviewerRule } from "./types.ts";

/*
 * A whole campaign as a machine of values over the pure cores, in the order in which the commands apply them: what simulation.test.ts throws
 * leavers, late answers and races at. It holds no rule of its own.
 */

export type Person = { id: string; managerId: string | null; standing: "left" | null; isSecurity: boolean };
export type Identity = { id: string; class: string; personId: string | null; ownerIds: string[]; userIds: string[] };
export type Counted = { round: number; reviewerId: string; answer: string };
export type Item = {
  id: string;
  identityId: string;
  frozenPersonId: string | null;
  granterIds: string[];
  resourceOwnerId: string | null;
  riskClass: RiskClass;
  isUnused: boolean;
  state: ItemState;
  reviewerId: string | null;
  /** Everybody who had it, in order. */
  heldBy: string[];
  hops: number;
  round: number;
  version: number;
  escalations: number;
  answer: string | null;
  outcome: Outcome | null;
  isBySilence: boolean;
  counted: Counted[];
  /** Two people let this one review it, dependent as they are. */
  overriddenFor: string | null;
  /** Opened again by the owner since it was decided. */
  isReopened: boolean;
};
export type Decision = { itemId: string; round: number; reviewerId: string; answer: string; version: number; subjects: string[] };
export type Campaign = {
  plan: CampaignPlan;
  state: CampaignState;
  round: number;
  now: Date;
  launchedAt: Date;
  dueAt: Date;
  hasEscalated: boolean;
  people: Map<string, Person>;
  identities: Map<string, Identity>;
  items: Item[];
  fallbackId: string | null;
  delegations: Delegation[];
  decisions: Decision[];
};

const OPEN: readonly ItemState[] = ["UNASSIGNED", "ASSIGNED", "DRAFTED"];
export const isOpen = (item: Item): boolean => OPEN.includes(item.state);

export function graphOf({ people, identities, items }: Campaign): AccessGraph {
  const managerOf = new Map<string, string>();
  for (const { id, managerId } of people.values()) if (managerId !== null) managerOf.set(id, managerId);
  const machine = ({ class: of }: Identity, ids: string[]) => (of === "human" ? [] : ids);
  const of = <T>(pick: (identity: Identity) => T) => new Map([...identities.values()].map((identity) => [identity.id, pick(identity)]));
  const reviews = new Map<string, Set<string>>();
  for (const { reviewerId, frozenPersonId, state } of items)
    if (reviewerId !== null && frozenPersonId !== null && state !== "VOIDED")
      reviews.set(reviewerId, (reviews.get(reviewerId) ?? new Set()).add(frozenPersonId));
  return {
    managerOf,
    personsOf: of(({ personId }) => (personId === null ? [] : [personId])),
    ownersOf: of((identity) => machine(identity, identity.ownerIds)),
    usersOf: of((identity) => machine(identity, identity.userIds)),
    reviews,
  };
}

function chainOf({ people, identities, fallbackId, plan, round }: Campaign, item: Item): Chain {
  const candidate = (id: string | null | undefined): Candidate => {
    const person = id ? people.get(id) : undefined;
    if (!person) return { personId: null, name: null, managerId: null, standing: null };
    return { personId: person.id, name: person.id, managerId: person.managerId, standing: person.standing };
  };
  const managerOf = (id: string | null | undefined) => (id ? (people.get(id)?.managerId ?? null) : null);
  const identity = identities.get(item.identityId);
  const subject = identity?.personId ?? item.frozenPersonId;
  const owner = identity?.ownerIds[0] ?? null;
  return {
    manager: candidate(managerOf(subject)),
    managers_manager: candidate(managerOf(managerOf(subject))),
    resource_owner: candidate(item.resourceOwnerId),
    resource_owners_manager: candidate(managerOf(item.resourceOwnerId)),
    identity_owner: candidate(owner),
    identity_owners_manager: candidate(managerOf(owner)),
    reviewers_manager: candidate(managerOf(item.reviewerId)),
    fallback: candidate(fallbackId),
    named: roundOf(plan, round).named.map(candidate),
    group: [],
    security: [...people.values()].filter(({ isSecurity }) => isSecurity).map(({ id }) => candidate(id)),
  };
}

/** As handOn: to the next eligible, never back; else as it was, or nobody's. */
export function handOn(
  campaign: Campaign,
  items: readonly Item[],
  how: { links?: readonly ReviewerRule[]; orNobody?: boolean } = {},
): Item[] {
  const graph = graphOf(campaign);
  const asking = {
    links: how.links ?? roundOf(campaign.plan, campaign.round).chain,
    ownerAnswers: !isLastRound(campaign.plan, campaign.round),
  };
  const found = items.map((item) => {
    const dependences = (personId: string) => dependencesOf(graph, item, personId);
    return { item, to: resolveReviewer(chainOf(campaign, item), { dependencesOf: dependences, heldBy: item.heldBy }, asking).personId };
  });
  const moved = found.filter(({ to }) => to !== null || how.orNobody);
  for (const { item, to } of moved) assign(campaign, item, to);
  return moved.map(({ item }) => item);
}

function assign(campaign: Campaign, item: Item, to: string | null): void {
  item.reviewerId = to;
  if (to !== null) item.heldBy.push(to);
  item.state = to === null ? "UNASSIGNED" : "ASSIGNED";
  Object.assign(item, { answer: null, outcome: null, isBySilence: false, overriddenFor: null, round: campaign.round });
  item.version += 1;
}

/** As breakCircles. */
function breakCircles(campaign: Campaign): void {
  const attempts = 5;
  for (let attempt = 1; ; attempt += 1) {
    const graph = graphOf(campaign);
    const pairs = [...graph.reviews]
      .flatMap(([reviewerId, subjects]) => [...subjects].map((subjectId) => ({ reviewerId, subjectId })))
      .filter(({ reviewerId, subjectId }) => !isLine(graph, reviewerId, subjectId))
      .sort((one, other) => (one.reviewerId + one.subjectId < other.reviewerId + other.subjectId ? -1 : 1));
    const barred = barCircles(pairs);
    const items = campaign.items.filter(
      ({ state, reviewerId, frozenPersonId }) =>
        state === "ASSIGNED" && barred.some((pair) => pair.reviewerId === reviewerId && pair.subjectId === frozenPersonId),
    );
    if (items.length === 0) return;
    if (attempt <= attempts) handOn(campaign, items, { orNobody: true });
    else for (const item of items) assign(campaign, item, null);
  }
}

export function freeze(campaign: Campaign): void {
  handOn(campaign, campaign.items, { orNobody: true });
  breakCircles(campaign);
  campaign.state = "ACTIVE";
}

export function decide(
  campaign: Campaign,
  item: Item,
  personId: string,
  version: number,
  answer: "keep" | "revoke" | "abstain" | "withdrawn",
): boolean {
  const subjects = subjectsOf(graphOf(campaign), item);
  const { state: campaignState } = campaign;
  const facts = {
    campaignState,
    itemState: item.state,
    version: item.version,
    reviewerId: item.reviewerId,
    subjectIds: subjects,
    privileged: "yes",
  };
  // Facts and attempts of other domains of the product are of no account here.
  const refusals = decisionRefusals(
    { kind: "grant", identityClass: "human", way: null, suggested: "none", ...facts } as Parameters<typeof decisionRefusals>[0],
    {
      personId,
      version,
      answer,
      rationale: "Seen.",
    },
  );
  if (refusals.length > 0 || campaign.people.get(personId)?.standing) return false;
  campaign.decisions.push({ itemId: item.id, round: item.round, reviewerId: personId, answer, version, subjects });
  item.state = answer === "withdrawn" ? "ASSIGNED" : "DRAFTED";
  item.answer = answer === "withdrawn" ? null : answer;
  item.version += 1;
  return true;
}

export function submit(campaign: Campaign, personId: string): void {
  if (campaign.state !== "ACTIVE" && campaign.state !== "CLOSING") return;
  const isClosing = campaign.state === "CLOSING";
  const graph = graphOf(campaign);
  const mine = campaign.items.filter(
    (item) => item.reviewerId === personId && item.state === "DRAFTED" && !subjectsOf(graph, item).includes(personId),
  );
  for (const item of mine) {
    const isDecided = isClosing && item.answer !== "abstain";
    item.state = isDecided ? "DECIDED" : "SUBMITTED";
    item.outcome = isDecided ? outcomeOfAnswer(item.answer ?? "") : null;
    item.version += 1;
  }
  handOn(
    campaign,
    mine.filter(({ answer }) => answer === "abstain"),
  );
  if (!isClosing) return;
  for (const item of mine.filter(({ state }) => state === "SUBMITTED"))
    Object.assign(item, { state: "DECIDED", outcome: "ABSTAIN", version: item.version + 1 });
}

export function reassign(campaign: Campaign, item: Item, by: string | "owner", to: string): boolean {
  if (!["ACTIVE", "PAUSED", "CLOSING"].includes(campaign.state) || !isOpen(item) || campaign.people.get(to)?.standing) return false;
  if (by !== "owner" && item.reviewerId !== by) return false;
  const isSelfService = by !== "owner";
  const facts = {
    hops: item.hops,
    heldBy: item.heldBy,
    reviewerId: item.reviewerId,
    dependences: dependencesOf(graphOf(campaign), item, to),
    isSelfService,
  };
  if (hopRefusals(facts, to).length > 0) return false;
  assign(campaign, item, to);
  if (isSelfService) item.hops += 1;
  return true;
}

/** Two people, neither of whom is the one named. */
export function override(campaign: Campaign, item: Item, to: string): boolean {
  const why = dependencesOf(graphOf(campaign), item, to);
  if (!["ACTIVE", "CLOSING"].includes(campaign.state) || !isOpen(item) || campaign.people.get(to)?.standing) return false;
  if (why.length === 0 || why.includes("self") || item.heldBy.includes(to)) return false;
  assign(campaign, item, to);
  item.overriddenFor = to;
  return true;
}

export function setDelegation(campaign: Campaign, asked: Delegation): void {
  const others = campaign.delegations.filter(({ personId }) => personId === asked.personId);
  if (delegationRefusals(asked, others, campaign.now).length === 0) campaign.delegations.push(asked);
}

export function followDelegations(campaign: Campaign): void {
  if (campaign.state !== "ACTIVE") return;
  for (const { personId, toPersonId } of campaign.delegations.filter((each) => isInForce(each, campaign.now))) {
    if (campaign.people.get(toPersonId)?.standing) continue;
    const graph = graphOf(campaign);
    for (const item of campaign.items.filter(
      ({ reviewerId, state }) => reviewerId === personId && (state === "ASSIGNED" || state === "DRAFTED"),
    ))
      if (dependencesOf(graph, item, toPersonId).length === 0 && !item.heldBy.includes(toPersonId)) assign(campaign, item, toPersonId);
  }
}

/** Whoever left, or became the subject of what they review, loses it. */
export function moveStranded(campaign: Campaign): void {
  if (campaign.state !== "ACTIVE" && campaign.state !== "PAUSED") return;
  const graph = graphOf(campaign);
  const isStranded = (item: Item) =>
    item.reviewerId !== null &&
    (campaign.people.get(item.reviewerId)?.standing === "left" || subjectsOf(graph, item).includes(item.reviewerId));
  handOn(
    campaign,
    campaign.items.filter((item) => (item.state === "ASSIGNED" || item.state === "DRAFTED") && isStranded(item)),
  );
}

export function advance(campaign: Campaign, by: "owner" | "clock"): boolean {
  const { plan, round, items, now, dueAt } = campaign;
  if (campaign.state !== "ACTIVE" || isLastRound(plan, round)) return false;
  const facts = { number: round, open: items.filter(isOpen).length, dueAt, now };
  if (by === "clock" ? !advancesByItself(plan, facts) : !mayAdvance(plan, facts)) return false;
  const submitted = items.filter((item) => item.state === "SUBMITTED" && item.round === round);
  for (const item of submitted)
    if (item.answer !== "abstain") item.counted.push({ round, reviewerId: item.reviewerId ?? "", answer: item.answer ?? "" });
  for (const item of submitted.filter(({ riskClass, answer }) => isDecisive(plan.strategy, riskClass, answer)))
    Object.assign(item, { state: "DECIDED", outcome: outcomeOfAnswer(item.answer ?? ""), version: item.version + 1 });
  campaign.round += 1;
  handOn(
    campaign,
    items.filter((item) => isOpen(item) || item.state === "SUBMITTED"),
    { orNobody: true },
  );
  breakCircles(campaign);
  return true;
}

const LADDERS: Readonly<Record<string, readonly ReviewerRule[]>> = {
  security_decides: ["security"],
  escalate_then_security: ["identity_owners_manager", "security"],
};

export function escalate(campaign: Campaign): void {
  const from = escalatesFrom(campaign.plan, campaign.round, campaign);
  if (campaign.state !== "ACTIVE" || campaign.hasEscalated || from === null || from > campaign.now) return;
  campaign.hasEscalated = true;
  const untouched = campaign.items.filter((item) => (item.state === "ASSIGNED" || item.state === "UNASSIGNED") && item.escalations === 0);
  for (const item of untouched) item.escalations += 1;
  const chain = roundOf(campaign.plan, campaign.round).chain;
  const ladder = (item: Item) => LADDERS[silenceRule(item.riskClass, classOf(campaign, item))] ?? ["reviewers_manager", ...chain];
  for (const item of untouched) handOn(campaign, [item], { links: ladder(item) });
}

const classOf = ({ identities }: Campaign, { identityId }: Item): string => identities.get(identityId)?.class ?? "unknown";

export function close(campaign: Campaign): boolean {
  const { plan, items, now, dueAt, round } = campaign;
  if (!mayMove(campaign.state, "CLOSING") || !isLastRound(plan, round)) return false;
  if (items.some(isOpen) && dueAt > now) return false;
  campaign.state = "CLOSING";
  const toSecurity: Item[] = [];
  for (const item of items.filter((each) => isOpen(each) || each.state === "SUBMITTED")) {
    const abstained = item.state === "SUBMITTED" && item.answer === "abstain";
    const answers = plan.rounds.map((_, at) => item.counted.find((counted) => counted.round === at + 1)?.answer ?? null);
    if (item.state === "SUBMITTED" && !abstained) answers[plan.rounds.length - 1] = item.answer;
    const deciding = decidingRound(plan.strategy, item.riskClass, answers);
    if (deciding !== null) {
      settle(item, outcomeOfAnswer(answers[deciding - 1] ?? ""), false);
      continue;
    }
    const wasEscalated = plan.escalateDaysBefore === null || item.escalations > 0 || abstained;
    const silent = silentOutcome({
      mode: plan.silence,
      riskClass: item.riskClass,
      identityClass: classOf(campaign, item),
      isGrant: true,
      wasEscalated,
      isUnused: item.isUnused,
    });
    if (silent === "SECURITY") toSecurity.push(item);
    else settle(item, silent === "UNANSWERED" && abstained && plan.silence === "unanswered" ? "ABSTAIN" : silent, true);
  }
  const elsewhere = toSecurity.filter(
    ({ state, reviewerId }) => !((state === "ASSIGNED" || state === "DRAFTED") && campaign.people.get(reviewerId ?? "")?.isSecurity),
  );
  const moved = handOn(campaign, elsewhere, { links: ["security"] });
  for (const item of elsewhere.filter((each) => !moved.includes(each))) settle(item, "UNANSWERED", true);
  return true;
}

function settle(item: Item, outcome: Outcome, isBySilence: boolean): void {
  Object.assign(item, { state: "DECIDED", outcome, isBySilence, version: item.version + 1, ...(isBySilence ? { answer: null } : {}) });
}

export function reopen(campaign: Campaign, item: Item): boolean {
  if (!["ACTIVE", "CLOSING"].includes(campaign.state) || (item.state !== "SUBMITTED" && item.state !== "DECIDED")) return false;
  if (!mayItemMove(item.state, "ASSIGNED") || item.reviewerId === null) return false;
  if (item.round < campaign.round) handOn(campaign, [item], { orNobody: true });
  else Object.assign(item, { state: "ASSIGNED", answer: null, outcome: null, isBySilence: false, version: item.version + 1 });
  item.isReopened = true;
  return true;
}

export function signOff(campaign: Campaign): boolean {
  if (
    !mayMove(campaign.state, "SIGNED_OFF") ||
    campaign.items.some((item) => isOpen(item) || (item.state === "DECIDED" && item.outcome === null))
  )
    return false;
  campaign.state = "SIGNED_OFF";
  for (const item of campaign.items) if (item.state === "DECIDED") Object.assign(item, { state: "FINAL", version: item.version + 1 });
  return true;
}
