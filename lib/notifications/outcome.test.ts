import { describe, expect, it } from "vitest";
import { GIVE_UP_MS, httpOutcome, isTooOld, nextAttemptAt, type Outcome, responseText, type SmtpFailure, smtpOutcome } from "./outcome.ts";

const NOW = new Date("2026-11-02T10:00:00Z");

describe("an attempt by SMTP", () => {
  it.each<[string, Omit<SmtpFailure, "message">, Outcome["kind"]]>([
    ["that finds nobody listening", { code: "ESOCKET", command: "CONN" }, "unreachable"],
    ["that is never answered", { code: "ETIMEDOUT", command: "DATA" }, "unreachable"],
    ["that is greeted with a refusal", { code: "EPROTOCOL", command: "CONN", responseCode: 554 }, "unreachable"],
    ["whose password is refused", { code: "EAUTH", command: "AUTH PLAIN", responseCode: 535 }, "unreachable"],
    ["whose sender is refused", { code: "EENVELOPE", command: "MAIL FROM", responseCode: 550 }, "unreachable"],
    ["that the server closes on", { code: "EENVELOPE", command: "RCPT TO", responseCode: 421 }, "unreachable"],
    ["to a recipient who is busy", { code: "EENVELOPE", command: "RCPT TO", responseCode: 451 }, "deferred"],
    ["to a recipient who does not exist", { code: "EENVELOPE", command: "RCPT TO", responseCode: 550 }, "refused"],
    ["whose content is put off", { code: "EMESSAGE", command: "DATA", responseCode: 451 }, "deferred"],
    ["whose content is refused", { code: "EMESSAGE", command: "DATA", responseCode: 554 }, "refused"],
  ])("%s is judged", (_name, failure, expected) => {
    expect(smtpOutcome({ ...failure, message: "it failed" }).kind).toBe(expected);
  });
});

it.each<[number, Outcome["kind"]]>([
  [200, "accepted"],
  [204, "accepted"],
  [301, "deferred"],
  [400, "deferred"],
  [404, "deferred"],
  [410, "gone"],
  [429, "unreachable"],
  [500, "deferred"],
  [503, "unreachable"],
])("a webhook that answers %i is %s", (status, expected) => {
  expect(httpOutcome(status).kind).toBe(expected);
});

it("waits longer after each attempt, and never over a quarter of an hour", () => {
  const minutes = [1, 2, 3, 4, 5, 6, 500].map((attempts) => (nextAttemptAt(attempts, NOW).getTime() - NOW.getTime()) / 60_000);
  expect(minutes).toEqual([1, 2, 4, 8, 15, 15, 15]);
});

it("gives up after three days", () => {
  expect(isTooOld(new Date(NOW.getTime() - GIVE_UP_MS + 1), NOW)).toBe(false);
  expect(isTooOld(new Date(NOW.getTime() - GIVE_UP_MS), NOW)).toBe(true);
});

it("keeps what a server says on one short line", () => {
  expect(responseText(`550 5.1.1\r\n  no such user ${"x".repeat(500)}`)).toMatch(/^550 5\.1\.1 no such user x+$/);
  expect(responseText("y".repeat(500))).toHaveLength(300);
});
