import { expect, it } from "vitest";
import { type Lifetime, lifetimeOf } from "./lifetime.ts";
import type { Told } from "./things.ts";

const NOW = "2026-11-20T00:00:00.000Z";
const at = (day: string): Told => ({ kind: "value", at: `${day}T00:00:00.000Z` });
const never: Told = { kind: "never", at: null };
const unknown: Told = { kind: "unknown", at: null };

it.each<[string, { created: Told; rotated: Told; expires: Told }, Lifetime]>([
  [
    "half of its life is over",
    { created: at("2026-10-21"), rotated: unknown, expires: at("2026-12-20") },
    { passed: 50, state: "running", ageDays: 30, leftDays: 30 },
  ],
  [
    "a rotation makes it young again",
    { created: at("2020-01-01"), rotated: at("2026-11-10"), expires: never },
    { passed: null, state: "endless", ageDays: 10, leftDays: null },
  ],
  [
    "less than a week is soon",
    { created: at("2026-11-01"), rotated: never, expires: at("2026-11-26") },
    { passed: 76, state: "soon", ageDays: 19, leftDays: 6 },
  ],
  [
    "over is over",
    { created: at("2026-01-01"), rotated: never, expires: at("2026-11-19") },
    { passed: 100, state: "expired", ageDays: 323, leftDays: -1 },
  ],
  [
    "an end without a beginning has no share",
    { created: unknown, rotated: unknown, expires: at("2027-11-20") },
    { passed: null, state: "running", ageDays: null, leftDays: 365 },
  ],
  [
    "an unknown end is neither endless nor running",
    { created: at("2026-11-19"), rotated: never, expires: unknown },
    { passed: null, state: "unknown", ageDays: 1, leftDays: null },
  ],
])("%s", (_name, credential, lifetime) => {
  expect(lifetimeOf(credential, NOW)).toEqual(lifetime);
});
