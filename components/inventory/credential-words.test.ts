import { expect, it } from "vitest";
import type { Lifetime } from "#lib/inventory/lifetime.ts";
import { lifetimeText } from "./credential-words.ts";

it.each<[Lifetime, string]>([
  [{ state: "running", passed: 50, ageDays: 30, leftDays: 30 }, "30 days left, 30 days old (50 % of its life)"],
  [{ state: "soon", passed: 99, ageDays: 89, leftDays: 0 }, "less than a day left, 89 days old (99 % of its life)"],
  [{ state: "running", passed: null, ageDays: null, leftDays: 1 }, "1 day left, age unknown"],
  [{ state: "expired", passed: 100, ageDays: 91, leftDays: -1 }, "expired less than a day ago, 91 days old"],
  [{ state: "expired", passed: 100, ageDays: 91, leftDays: -4 }, "expired 3 days ago, 91 days old"],
  [{ state: "endless", passed: null, ageDays: 400, leftDays: null }, "never expires, 400 days old"],
  [{ state: "unknown", passed: null, ageDays: 1, leftDays: null }, "expiry unknown, 1 day old"],
])("%j reads %s", (life, text) => {
  expect(lifetimeText(life)).toBe(text);
});
