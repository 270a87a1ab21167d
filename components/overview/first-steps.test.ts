import { describe, expect, it } from "vitest";
import { can, PERMISSIONS, ROLES, type Role } from "#lib/authz/permissions.ts";
import { type Findings, firstMinute } from "./first-steps.ts";

const NOTHING: Findings = {
  reviewId: null,
  campaignId: null,
  closingId: null,
  signedOffId: null,
  lookId: null,
  stoppedBatchId: null,
  heldRun: null,
  sourceId: null,
  leaverId: null,
  removals: 0,
};
const EVERYTHING: Findings = {
  reviewId: "r",
  campaignId: "c",
  closingId: "d",
  signedOffId: "s",
  lookId: "l",
  stoppedBatchId: "b",
  heldRun: { sourceId: "x", runId: "y" },
  sourceId: "x",
  leaverId: "p",
  removals: 2,
};

const permissionsOf = (...roles: Role[]) =>
  PERMISSIONS.filter((permission) =>
    can(
      { kind: "user", userId: "u", personId: null, label: "u", roles, signInId: null, authentication: { method: "password" } },
      permission,
    ),
  );

describe("the first minute", () => {
  it.each<[Role, string]>([
    ["reviewer", "reviewing"],
    ["campaign_manager", "campaigns"],
    ["security_analyst", "security"],
    ["exception_approver", "exceptions"],
    ["auditor", "auditing"],
    ["platform_engineer", "platform"],
    ["administrator", "administration"],
  ])("of a %s is about %s", (role, name) => {
    expect(firstMinute(permissionsOf(role), EVERYTHING)?.name).toBe(name);
  });

  it("follows the special work of somebody who also reviews", () => {
    expect(firstMinute(permissionsOf("reviewer", "platform_engineer"), EVERYTHING)?.name).toBe("platform");
    expect(firstMinute(permissionsOf("reviewer", "security_analyst"), EVERYTHING)?.name).toBe("security");
  });

  it("has three or four steps, and none that leads to what is not there", () => {
    for (const role of ROLES)
      for (const found of [NOTHING, EVERYTHING]) {
        const minute = firstMinute(permissionsOf(role), found);
        if (!minute) continue;
        expect(minute.steps.length).toBeGreaterThanOrEqual(found === EVERYTHING ? 3 : 1);
        expect(minute.steps.length).toBeLessThanOrEqual(4);
        for (const { href } of minute.steps) expect(href).not.toMatch(/null|undefined|\/\//);
      }
  });

  it("says nothing to somebody without a role", () => {
    expect(firstMinute(permissionsOf(), EVERYTHING)).toBeNull();
  });
});
