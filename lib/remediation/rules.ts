import type { RiskClass } from "#lib/policy/risk.ts";
import { isOpen } from "./lifecycle.ts";
import type { RemediationKind, RemediationState } from "./types.ts";

export type RemediationParameters = {
  /** From the submit for high and critical risk, from the sign-off for the rest, until it is done in the source. */
  slaHours: Readonly<Record<RiskClass, number>>;
  /** Attempts of the connector before a person has to. */
  maxAttempts: number;
  recentUseDays: number;
  recentDeployDays: number;
  /** A log that ends earlier than this before now leaves a part unknown. */
  logLagDays: number;
  /** For the answer to what grew back. */
  followUpDays: number;
};

export const DEFAULT_REMEDIATION_PARAMETERS: RemediationParameters = {
  slaHours: { critical: 24, high: 72, ordinary: 14 * 24, low: 30 * 24 },
  maxAttempts: 3,
  recentUseDays: 7,
  recentDeployDays: 90,
  logLagDays: 2,
  followUpDays: 7,
};

/** Starts at submit and needs an approval; the rest starts at sign-off and is approved by it. */
export const needsApproval = (riskClass: RiskClass): boolean => riskClass === "high" || riskClass === "critical";

/** Whether the connector can act: no writer for this kind of source, not switched on, or the source is retired. */
export type Writes = "on" | "off" | "unsupported";

export function writesOfSource(source: { state: string; isSupported: boolean; isEnabled: boolean }): Writes {
  if (!source.isSupported || source.state === "retired") return "unsupported";
  return source.isEnabled ? "on" : "off";
}

/** What a connector can do at all: take a grant back. The rest is done by people. */
export const writerDoes = (kind: RemediationKind, isGrant: boolean): boolean => kind === "revoke" && isGrant;

export type TaskFacts = {
  state: RemediationState;
  riskClass: RiskClass;
  /** The person who decided, and the user that they did it with; null: nobody, it is by silence. */
  decidedBy: string | null;
  decidedByUserId: string | null;
  resourceOwnerId: string | null;
  writes: Writes;
  /** The decision is still the item's, and still asks for the same. */
  decisionStands: boolean;
};

/** mayApproveAny: security, who may approve for every owner. */
export type Who = { userId: string | null; personId: string | null; mayApproveAny: boolean };

export type Refusal =
  | "over"
  | "wrong_state"
  | "decision_changed"
  | "decider"
  | "not_owner"
  | "needs_approval"
  | "writes_off"
  | "unsupported";

/** By person, or by user where the person is not known: nobody does alone what they decided. */
const isDecider = (task: TaskFacts, who: Who): boolean =>
  (who.personId !== null && who.personId === task.decidedBy) || (who.userId !== null && who.userId === task.decidedByUserId);

function stateRefusals(task: TaskFacts, states: readonly RemediationState[]): Refusal[] {
  if (states.includes(task.state)) return task.decisionStands ? [] : ["decision_changed"];
  return isOpen(task.state) ? ["wrong_state"] : ["over"];
}

/** Every reason to refuse an approval. Empty means approve. */
export function approvalRefusals(task: TaskFacts, who: Who): Refusal[] {
  const refusals = stateRefusals(task, ["PLANNED"]);
  if (isDecider(task, who)) refusals.push("decider");
  const isOwner = who.personId !== null && who.personId === task.resourceOwnerId;
  if (!isOwner && !who.mayApproveAny) refusals.push("not_owner");
  return refusals;
}

/** Every reason why this person may not have the connector take the access back. */
export function executionRefusals(task: TaskFacts, who: Who): Refusal[] {
  const refusals: Refusal[] = task.state === "PLANNED" ? ["needs_approval"] : stateRefusals(task, ["APPROVED"]);
  if (isDecider(task, who)) refusals.push("decider");
  if (task.writes === "off") refusals.push("writes_off");
  if (task.writes === "unsupported") refusals.push("unsupported");
  return refusals;
}

/** Handing a task to people. What still needs an approval goes there only where no connector could do it. */
export function manualRefusals(task: TaskFacts): Refusal[] {
  const refusals = stateRefusals(task, ["PLANNED", "APPROVED"]);
  if (task.state === "PLANNED" && task.writes === "on") refusals.push("needs_approval");
  return refusals;
}

/** Taking it in hand: saying which ticket it has, or claiming that it was done. */
export function claimRefusals(task: TaskFacts, who: Who): Refusal[] {
  const refusals = stateRefusals(task, ["MANUAL_REQUIRED", "TICKETED"]);
  if (isDecider(task, who)) refusals.push("decider");
  return refusals;
}

export type RestoreRefusal = "not_taken_back" | "no_undo" | "writes_off";

/** Why what was taken back cannot be put back by the connector. Two people are asked for besides. */
export function restoreRefusals(task: Pick<TaskFacts, "state" | "writes">, hasUndo: boolean): RestoreRefusal[] {
  const refusals: RestoreRefusal[] = [];
  if (task.state !== "APPLIED_UNVERIFIED" && task.state !== "VERIFIED") refusals.push("not_taken_back");
  else if (!hasUndo) refusals.push("no_undo");
  if (task.writes !== "on") refusals.push("writes_off");
  return refusals;
}

/** These name somebody trying what they must not: recorded though refused. The others are everyday answers. */
export const isSensitive = (refusal: Refusal): boolean => refusal === "decider" || refusal === "not_owner" || refusal === "needs_approval";

export function refusalText(refusal: Refusal): string {
  switch (refusal) {
    case "over":
      return "Nothing is left to do: the task is over.";
    case "wrong_state":
      return "The task is not at this step.";
    case "decision_changed":
      return "The decision behind the task was reopened or changed since.";
    case "decider":
      return "You decided this: somebody else has to act on it.";
    case "not_owner":
      return "Only the owner of the resource or security may approve this.";
    case "needs_approval":
      return "The owner of the resource or security has to approve this first.";
    case "writes_off":
      return "Writing to this source is switched off. Two people can switch it on.";
    case "unsupported":
      return "No connector can do this in the source: it has to be done by hand.";
  }
}

/** What a failed attempt leads to. `failures` counts this one. */
export const afterFailure = (failures: number, { maxAttempts }: RemediationParameters): "QUEUED" | "MANUAL_REQUIRED" =>
  failures < maxAttempts ? "QUEUED" : "MANUAL_REQUIRED";

export type OpenTask = { id: string; riskClass: RiskClass; state: RemediationState };
export type CloseRefusal = { kind: "open_not_listed"; ids: string[] } | { kind: "listed_not_open"; ids: string[] } | { kind: "no_reason" };

/** Closing with high or critical work open names each of them and says why; naming anything else is a mistake worth stopping for. */
export function closeRefusals(tasks: readonly OpenTask[], listedIds: readonly string[], reason: string | undefined): CloseRefusal[] {
  const blocking = tasks.filter(({ state, riskClass }) => isOpen(state) && needsApproval(riskClass)).map(({ id }) => id);
  const missing = blocking.filter((id) => !listedIds.includes(id));
  const strange = listedIds.filter((id) => !blocking.includes(id));
  const refusals: CloseRefusal[] = [];
  if (missing.length > 0) refusals.push({ kind: "open_not_listed", ids: missing });
  if (strange.length > 0) refusals.push({ kind: "listed_not_open", ids: strange });
  if (listedIds.length > 0 && !reason?.trim()) refusals.push({ kind: "no_reason" });
  return refusals;
}
