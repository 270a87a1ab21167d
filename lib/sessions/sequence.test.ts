import { expect, it } from "vitest";
import { type SequenceEvent, sequenceOf } from "./sequence.ts";

const event = (kind: SequenceEvent["kind"], action: string, minute: number, more: Partial<SequenceEvent> = {}): SequenceEvent => ({
  at: new Date(Date.UTC(2026, 10, 20, 9, minute)).toISOString(),
  kind,
  action,
  outcome: "success",
  mfa: "yes",
  target: null,
  error: null,
  issuedSessionId: null,
  ...more,
});

it("shows what matters by itself and ordinary use between two such steps as one, losing no event", () => {
  const events = [
    event("sign_in", "signin:ConsoleLogin", 0),
    ...Array.from({ length: 7 }, (_, at) => event("other", `ec2:Describe${at % 6}`, 1 + at, at === 3 ? { outcome: "failure" } : {})),
    event("token_issued", "sts:AssumeRole", 10),
    event("privilege_granted", "iam:AttachUserPolicy", 11),
    event("other", "s3:GetObject", 12),
  ];
  const steps = sequenceOf(events);
  expect(steps.map((step) => (step.kind === "event" ? step.event.kind : step.count))).toEqual([
    "sign_in",
    7,
    "token_issued",
    "privilege_granted",
    1,
  ]);
  expect(steps[1]).toEqual({
    kind: "use",
    from: events[1]?.at,
    to: events[7]?.at,
    count: 7,
    failed: 1,
    actions: [
      { action: "ec2:Describe0", count: 2 },
      { action: "ec2:Describe1", count: 1 },
      { action: "ec2:Describe2", count: 1 },
      { action: "ec2:Describe3", count: 1 },
    ],
    more: 2,
  });
  expect(sequenceOf([])).toEqual([]);
});
