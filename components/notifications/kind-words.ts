import type { NotificationKind } from "#lib/notifications/kinds.ts";

/** Each kind as a choice of what a webhook is called for. */
export const KIND_WORDS: Readonly<Record<NotificationKind, string>> = {
  items_waiting: "Items wait for a reviewer",
  reminder: "A reviewer is reminded",
  escalated: "Items were handed up",
  reassigned_to_you: "Items were passed on",
  delegated_to_you: "Somebody stands in for another",
  reopened: "Items were reopened",
  second_look: "A second look is asked for",
  campaign_due: "A campaign is due",
  campaign_stuck: "A campaign is stuck",
  micro_limited: "A rule of micro-campaigns left something out",
  approval_waiting: "An exception waits for approval",
  exception_decided: "An exception was decided",
  exception_expiring: "An exception is about to end",
  exception_ended: "An exception has ended",
  task_waiting: "A removal waits for hands",
  remediation_task: "A task is to be done by hand, for a ticket system",
  tasks_of_yours: "An owner of an identity is told of changes to it",
  task_approval_waiting: "A removal waits for approval",
  task_overdue: "A removal is overdue",
  second_person_waiting: "A second person is needed",
  account_changed: "A user's account was changed",
  webhook_ended: "A webhook was switched off",
};
