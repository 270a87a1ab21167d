import type { AnswerTerms } from "#lib/campaigns/answer-terms.ts";
import type { ItemKind } from "#lib/campaigns/types.ts";
import type { DataOf } from "#lib/notifications/kinds.ts";
import type { RiskClass } from "#lib/policy/risk.ts";
import { KIND_VERBS, proofText, todoText } from "./task-words.ts";
import type { RemediationKind } from "./types.ts";

export type TaskToTell = {
  kind: RemediationKind;
  itemKind: ItemKind;
  terms: AnswerTerms | null;
  riskClass: RiskClass;
  identityId: string | null;
  identityName: string;
  identityClass: string;
  entitlementId: string | null;
  entitlementName: string;
  sourceId: string;
  sourceName: string;
  sourceKind: string;
  campaignId: string;
  campaignName: string;
  zone: string;
};

/** So many tasks are told one by one; more of them by their number. */
export const NAMED_AT_MOST = 10;

const cut = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length - 1)}…` : text);
const named = (id: string | null, name: string) => ({ id, name: cut(name, 300) });

/** All that somebody, or somebody's ticket system, needs to carry a task out without opening it. */
export const taskMessage = (task: TaskToTell): DataOf<"remediation_task"> => ({
  decision: task.kind,
  verb: KIND_VERBS[task.kind],
  todo: cut(todoText(task), 4000),
  proof: proofText(task),
  risk: task.riskClass,
  identity: { ...named(task.identityId, task.identityName), class: task.identityClass },
  access: named(task.entitlementId, task.entitlementName),
  source: { ...named(task.sourceId, task.sourceName), kind: task.sourceKind },
  campaign: named(task.campaignId, task.campaignName),
  zone: task.zone,
});
