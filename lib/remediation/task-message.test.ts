import { describe, expect, it } from "vitest";
import { KINDS } from "#lib/notifications/kinds.ts";
import { type TaskToTell, taskMessage } from "./task-message.ts";
import { KIND_VERBS } from "./task-words.ts";
import type { RemediationKind } from "./types.ts";

const ID = "0192f3a1-0000-7abc-8def-000000000001";
const task = (more: Partial<TaskToTell> = {}): TaskToTell => ({
  kind: "rotate",
  itemKind: "credential",
  terms: { answer: "rotate" },
  riskClass: "high",
  identityId: ID,
  identityName: "deploy-prod",
  identityClass: "pipeline",
  entitlementId: null,
  entitlementName: "Key AKIA1",
  sourceId: ID,
  sourceName: "AWS",
  sourceKind: "aws",
  campaignId: ID,
  campaignName: "Q4 review",
  zone: "UTC",
  ...more,
});

describe("a task that is told", () => {
  it.each(Object.keys(KIND_VERBS) as RemediationKind[])("of %s says what to do and what proves it", (kind) => {
    const { todo, proof, verb } = KINDS.remediation_task.data.parse(taskMessage(task({ kind, terms: null })));
    for (const said of [todo, proof, verb]) expect(said).toMatch(/^[A-Z]/);
    expect(`${todo}${proof}`).not.toMatch(/undefined|null/);
  });

  it("fits, whatever the source calls its things", () => {
    const told = KINDS.remediation_task.data.parse(
      taskMessage(task({ identityName: "x".repeat(2000), entitlementName: "y".repeat(2000), sourceName: "z".repeat(400) })),
    );
    expect(told.identity.name).toHaveLength(300);
    expect(told.access.name.endsWith("…")).toBe(true);
  });

  it("names the decision's terms", () => {
    expect(taskMessage(task({ kind: "shorten", terms: { answer: "shorten", maxDays: 30 } })).todo).toContain("at most 30 days");
  });
});
