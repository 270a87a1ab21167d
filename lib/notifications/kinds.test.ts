import { describe, expect, it } from "vitest";
import { eventOf, FOR_SYSTEMS, KINDS, NOTIFICATION_KINDS, type NotificationKind, textOf } from "./kinds.ts";
import type { AboutKind } from "./types.ts";

const ID = "0192f3a1-0000-7abc-8def-000000000001";
const about = (kind: AboutKind) => ({ kind, id: ID, label: "Q4 review" });
const dueAt = "2026-12-11T16:00:00Z";

/** What each kind is told with, and where it leads. */
const TOLD: Record<NotificationKind, [AboutKind, Record<string, unknown>, string]> = {
  items_waiting: ["campaign", { items: 1 }, `/campaigns/${ID}/review`],
  reminder: ["campaign", { items: 3, days: 0 }, `/campaigns/${ID}/review`],
  escalated: ["campaign", { items: 2 }, `/campaigns/${ID}/review`],
  reassigned_to_you: ["campaign", { items: 2, by: "Mia" }, `/campaigns/${ID}/review`],
  delegated_to_you: ["user", { from: "Mia", until: dueAt, items: 2 }, "/reviews"],
  reopened: ["campaign", { items: 1 }, `/campaigns/${ID}/review`],
  second_look: ["campaign", { items: 5 }, `/campaigns/${ID}/second-look`],
  campaign_due: ["campaign", { open: 4, days: 2 }, `/campaigns/${ID}`],
  campaign_stuck: ["campaign", { why: "no_reviewer", items: 4 }, `/campaigns/${ID}`],
  micro_limited: ["source", { leftOut: 9800 }, "/campaigns/micro"],
  approval_waiting: ["exception", { by: "Sam" }, `/exceptions/${ID}`],
  exception_decided: ["exception", { answer: "changes_requested" }, `/exceptions/${ID}`],
  exception_expiring: ["exception", { days: 7 }, `/exceptions/${ID}`],
  exception_ended: ["exception", { how: "expired" }, `/exceptions/${ID}`],
  task_waiting: ["campaign", { tasks: 3 }, `/remediations?campaignId=${ID}`],
  remediation_task: [
    "remediation",
    {
      decision: "rotate",
      verb: "Rotate",
      todo: "Make a new credential, then delete the old one.",
      proof: "A newer credential is there, and the older one is not.",
      risk: "high",
      identity: { id: ID, name: "deploy-prod", class: "pipeline" },
      access: { id: null, name: "Key AKIA1" },
      source: { id: ID, name: "AWS", kind: "aws" },
      campaign: { id: ID, name: "Q4 review" },
    },
    `/remediations/${ID}`,
  ],
  tasks_of_yours: ["campaign", { tasks: 2 }, `/remediations?campaignId=${ID}`],
  task_approval_waiting: ["remediation", { tasks: 1 }, `/remediations/${ID}`],
  task_overdue: ["remediation", { tasks: 1 }, `/remediations/${ID}`],
  second_person_waiting: ["source", { action: "Let a held sync through", by: "Pat", path: `/sources/${ID}` }, `/sources/${ID}`],
  account_changed: ["user", { change: "password_changed" }, "/account"],
  webhook_ended: ["instance", {}, "/administration/notifications"],
};

describe("a notification", () => {
  it.each(NOTIFICATION_KINDS)("%s says what is the matter, what to do and where, in whole sentences", (kind) => {
    const [aboutKind, data, path] = TOLD[kind];
    const text = textOf({ kind, about: about(aboutKind), data, dueAt });
    expect(text.path).toBe(path);
    expect(text.title).toMatch(/^[A-Z0-9]/);
    expect(text.title).not.toMatch(/undefined|null|NaN/);
    expect(text.body).toMatch(/^[A-Z].*\.$/);
    expect(text.body).not.toMatch(/undefined|null|NaN| {2}/);
    expect(text.action).toMatch(/^[A-Z][^.]+$/);
  });

  it.each([
    ["items_waiting", { items: 1 }, "1 item waits for your answer: Q4 review"],
    ["items_waiting", { items: 12 }, "12 items wait for your answer: Q4 review"],
    ["reminder", { items: 3, days: 0 }, "Due today: 3 open items in Q4 review"],
    ["reminder", { items: 1, days: 2 }, "Due in 2 days: 1 open item in Q4 review"],
  ] as const)("%s of %j is called %s", (kind, data, title) => {
    expect(textOf({ kind, about: about("campaign"), data, dueAt }).title).toBe(title);
  });

  it("tells the time by the campaign's zone", () => {
    const text = textOf({ kind: "items_waiting", about: about("campaign"), data: { items: 2, zone: "Asia/Kathmandu" }, dueAt });
    expect(text.body).toContain("by Fri 11 Dec 2026, 21:45 GMT+5:45");
  });

  it("that this version does not know is shown by what it is about", () => {
    for (const row of [
      { kind: "of_tomorrow", data: {} },
      { kind: "reminder", data: { items: "many" } },
    ])
      expect(textOf({ ...row, about: about("campaign"), dueAt: null })).toMatchObject({ title: "Q4 review", path: "/notifications" });
  });

  it("for systems has a type of its own and says where to answer; what else is told does not", () => {
    const [kind, data] = TOLD.remediation_task;
    expect(eventOf({ kind: "remediation_task", about: about(kind), data, dueAt })).toEqual({
      type: "remediation.task",
      answers: { ticket: `/api/v1/remediations/${ID}/ticket`, claim: `/api/v1/remediations/${ID}/claim` },
    });
    expect(FOR_SYSTEMS).toEqual(["remediation_task"]);
    expect(eventOf({ kind: "task_waiting", about: about("campaign"), data: { tasks: 3 }, dueAt })).toEqual({
      type: "notification.task_waiting",
      answers: {},
    });
  });

  it("leads to pages of ours alone", () => {
    for (const path of ["https://evil.example", "//evil.example", "javascript:alert(1)"])
      expect(KINDS.second_person_waiting.data.safeParse({ action: "a", path }).success).toBe(false);
  });
});
