import { describe, expect, it } from "vitest";
import { type Reminder, reminderDue } from "./reminders.ts";

const DUE = "2026-12-11T16:00:00Z";
const LAUNCHED = "2026-11-20T09:00:00Z";
const due = (now: string, more: { zone?: string; launchedAt?: string; days?: number[] } = {}) =>
  reminderDue(
    {
      dueAt: new Date(DUE),
      zone: more.zone ?? "UTC",
      launchedAt: new Date(more.launchedAt ?? LAUNCHED),
      remindDaysBefore: more.days ?? [7, 2, 0],
    },
    new Date(now),
  );

describe("a reminder", () => {
  it.each<[string, string, Parameters<typeof due>[1], Reminder | null]>([
    ["waits while its day is far off", "2026-12-03T23:59:00Z", {}, null],
    ["waits for the morning of its day", "2026-12-04T06:59:00Z", {}, null],
    ["comes on its day", "2026-12-04T07:00:00Z", {}, { days: 7, daysLeft: 7 }],
    ["still stands in the days after, where nobody gave it", "2026-12-06T03:00:00Z", {}, { days: 7, daysLeft: 5 }],
    ["gives way to a tighter one", "2026-12-09T08:00:00Z", {}, { days: 2, daysLeft: 2 }],
    ["gives way to a tighter one in its morning, not in its night", "2026-12-09T06:00:00Z", {}, null],
    ["comes on the due day itself", "2026-12-11T07:30:00Z", {}, { days: 0, daysLeft: 0 }],
    ["never comes once it is due", "2026-12-11T16:00:00Z", {}, null],
    ["counts days by the campaign's zone", "2026-12-04T01:15:00Z", { zone: "Asia/Kathmandu" }, { days: 7, daysLeft: 7 }],
    ["is not given where the launch came after its time", "2026-12-06T09:00:00Z", { launchedAt: "2026-12-05T09:00:00Z" }, null],
    [
      "is given where the launch came before its hour",
      "2026-12-04T08:00:00Z",
      { launchedAt: "2026-12-04T06:00:00Z" },
      { days: 7, daysLeft: 7 },
    ],
    ["is as the plan says", "2026-12-10T08:00:00Z", { days: [1] }, { days: 1, daysLeft: 1 }],
    ["is not given where the plan has none", "2026-12-11T08:00:00Z", { days: [] }, null],
  ])("%s", (_name, now, more, expected) => {
    expect(due(now, more)).toEqual(expected);
  });
});
