import { describe, expect, it } from "vitest";
import {
  afterFailure,
  approvalRefusals,
  claimRefusals,
  closeRefusals,
  DEFAULT_REMEDIATION_PARAMETERS,
  executionRefusals,
  manualRefusals,
  needsApproval,
  type Refusal,
  refusalText,
  type TaskFacts,
  type Who,
  writesOfSource,
} from "./rules.ts";

const task = (more: Partial<TaskFacts> = {}): TaskFacts => ({
  state: "PLANNED",
  riskClass: "high",
  decidedBy: "mia",
  decidedByUserId: "mia's user",
  resourceOwnerId: "rob",
  writes: "on",
  decisionStands: true,
  ...more,
});
const who = (personId: string | null, more: Partial<Who> = {}): Who => ({
  userId: personId ? `${personId}'s user` : "a user",
  personId,
  mayApproveAny: false,
  ...more,
});
const security = { mayApproveAny: true };

describe("an approval", () => {
  it.each<[string, TaskFacts, Who, Refusal[]]>([
    ["is the resource owner's", task(), who("rob"), []],
    ["is security's", task(), who("sec", security), []],
    ["is security's where the person is not known", task(), who(null, security), []],
    ["is nobody else's", task(), who("zed"), ["not_owner"]],
    ["is not for somebody without a person on a resource without an owner", task({ resourceOwnerId: null }), who(null), ["not_owner"]],
    ["is never for who decided, though they own the resource", task({ resourceOwnerId: "mia" }), who("mia"), ["decider"]],
    ["is never for who decided, though they are security", task(), who("mia", security), ["decider"]],
    [
      "is never for the user who decided, whoever they are linked to by now",
      task(),
      { ...who("new", security), userId: "mia's user" },
      ["decider"],
    ],
    ["is never for another user of the person who decided", task(), { ...who("mia", security), userId: "a second user" }, ["decider"]],
    ["is given once", task({ state: "APPROVED" }), who("rob"), ["wrong_state"]],
    ["is not given to what is over", task({ state: "VERIFIED" }), who("rob"), ["over"]],
    ["is not given to a reopened decision", task({ decisionStands: false }), who("rob"), ["decision_changed"]],
    ["names every reason", task({ state: "RUNNING", resourceOwnerId: "rob" }), who("mia"), ["wrong_state", "decider", "not_owner"]],
  ])("%s", (_name, facts, actor, expected) => expect(approvalRefusals(facts, actor)).toEqual(expected));
});

describe("an execution", () => {
  const approved = (more: Partial<TaskFacts> = {}) => task({ state: "APPROVED", ...more });
  it.each<[string, TaskFacts, Who, Refusal[]]>([
    ["is somebody else's than who decided", approved(), who("pat"), []],
    ["may be the approver's", approved(), who("rob"), []],
    ["is never the decider's alone", approved(), who("mia"), ["decider"]],
    ["waits for its approval", task(), who("pat"), ["needs_approval"]],
    ["waits for its approval, also by who decided", task(), who("mia"), ["needs_approval", "decider"]],
    ["needs writes", approved({ writes: "off" }), who("pat"), ["writes_off"]],
    ["needs a writer", approved({ writes: "unsupported" }), who("pat"), ["unsupported"]],
    ["needs the decision to stand", approved({ decisionStands: false }), who("pat"), ["decision_changed"]],
    ["happens once", approved({ state: "QUEUED" }), who("pat"), ["wrong_state"]],
    ["does not follow a superseded task", approved({ state: "SUPERSEDED" }), who("pat"), ["over"]],
  ])("%s", (_name, facts, actor, expected) => expect(executionRefusals(facts, actor)).toEqual(expected));
});

it.each<[string, TaskFacts, Refusal[]]>([
  ["from APPROVED", task({ state: "APPROVED" }), []],
  ["from PLANNED where no connector could", task({ writes: "off" }), []],
  ["not around the approval", task({ writes: "on" }), ["needs_approval"]],
  ["not out of a running one", task({ state: "RUNNING" }), ["wrong_state"]],
])("work is handed to people %s", (_name, facts, expected) => expect(manualRefusals(facts)).toEqual(expected));

it.each<[string, TaskFacts, Who, Refusal[]]>([
  ["what is to be done by hand", task({ state: "MANUAL_REQUIRED" }), who("pat"), []],
  ["what has a ticket", task({ state: "TICKETED" }), who("pat"), []],
  ["not what one decided oneself", task({ state: "MANUAL_REQUIRED" }), who("mia"), ["decider"]],
  ["not what the connector is to do", task({ state: "APPROVED" }), who("pat"), ["wrong_state"]],
  ["not a second time", task({ state: "CLAIMED_DONE" }), who("pat"), ["wrong_state"]],
])("somebody claims done %s", (_name, facts, actor, expected) => expect(claimRefusals(facts, actor)).toEqual(expected));

it("every refusal has its sentence", () => {
  const all: Refusal[] = ["over", "wrong_state", "decision_changed", "decider", "not_owner", "needs_approval", "writes_off", "unsupported"];
  expect(new Set(all.map(refusalText)).size).toBe(all.length);
});

it("only high and critical risk needs an approval, and has the shorter time", () => {
  expect((["low", "ordinary", "high", "critical"] as const).map(needsApproval)).toEqual([false, false, true, true]);
  const { critical, high, ordinary, low } = DEFAULT_REMEDIATION_PARAMETERS.slaHours;
  expect([critical, high, ordinary, low]).toEqual([24, 72, 336, 720]);
});

it.each([
  [{ state: "active", isSupported: true, isEnabled: true }, "on"],
  [{ state: "paused", isSupported: true, isEnabled: true }, "on"],
  [{ state: "active", isSupported: true, isEnabled: false }, "off"],
  [{ state: "active", isSupported: false, isEnabled: true }, "unsupported"],
  [{ state: "retired", isSupported: true, isEnabled: true }, "unsupported"],
])("a source %j has its writes %s", (source, expected) => expect(writesOfSource(source)).toBe(expected));

it("gives up after three attempts", () => {
  expect([1, 2, 3, 4].map((failures) => afterFailure(failures, DEFAULT_REMEDIATION_PARAMETERS))).toEqual([
    "QUEUED",
    "QUEUED",
    "MANUAL_REQUIRED",
    "MANUAL_REQUIRED",
  ]);
});

describe("a campaign closes", () => {
  const tasks = [
    { id: "a", riskClass: "critical", state: "MANUAL_REQUIRED" },
    { id: "b", riskClass: "high", state: "APPLIED_UNVERIFIED" },
    { id: "c", riskClass: "high", state: "VERIFIED" },
    { id: "d", riskClass: "ordinary", state: "APPROVED" },
    { id: "e", riskClass: "critical", state: "SUPERSEDED" },
  ] as const;
  it.each<[string, string[], string | undefined, unknown[]]>([
    ["not over open work of high or critical risk", [], undefined, [{ kind: "open_not_listed", ids: ["a", "b"] }]],
    ["not with one of two named", ["a"], "Because.", [{ kind: "open_not_listed", ids: ["b"] }]],
    ["with each named and a reason", ["a", "b"], "Because.", []],
    ["not without the reason", ["a", "b"], " ", [{ kind: "no_reason" }]],
    ["not by naming what is done, or of lower risk", ["a", "b", "c", "d"], "Because.", [{ kind: "listed_not_open", ids: ["c", "d"] }]],
  ])("%s", (_name, listed, reason, expected) => expect(closeRefusals(tasks, listed, reason)).toEqual(expected));
  it("at once when only lower risk is open", () => expect(closeRefusals(tasks.slice(2), [], undefined)).toEqual([]));
});
