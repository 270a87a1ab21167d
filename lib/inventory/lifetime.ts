import type { CredentialView, Told } from "./things.ts";

/** A credential's life as a bar: how much of it has passed, and what to say. */
export type Lifetime = {
  /** Hundredths that have passed; null where it has no known end. */
  passed: number | null;
  /** expired, soon (a tenth of it or a week left), running, endless, unknown. */
  state: "expired" | "soon" | "running" | "endless" | "unknown";
  /** Whole days since it was made or last rotated; null where nobody knows. */
  ageDays: number | null;
  /** Whole days left, negative once it is over; null where it has no known end. */
  leftDays: number | null;
};

const DAY_MS = 86_400_000;
const SOON_DAYS = 7;

export function lifetimeOf({ created, rotated, expires }: Pick<CredentialView, "created" | "rotated" | "expires">, now: string): Lifetime {
  const began = latest(created, rotated);
  const end = instant(expires);
  const at = new Date(now).getTime();
  const ageDays = began === null ? null : Math.floor((at - began) / DAY_MS);
  if (end === null) return { passed: null, state: expires.kind === "never" ? "endless" : "unknown", ageDays, leftDays: null };
  const leftDays = Math.floor((end - at) / DAY_MS);
  const passed = began === null || end <= began ? null : Math.min(100, Math.max(0, Math.round(((at - began) / (end - began)) * 100)));
  if (end <= at) return { passed: 100, state: "expired", ageDays, leftDays };
  const isSoon = leftDays < SOON_DAYS || (passed !== null && passed >= 90);
  return { passed, state: isSoon ? "soon" : "running", ageDays, leftDays };
}

const instant = ({ kind, at }: Told): number | null => (kind === "value" && at !== null ? new Date(at).getTime() : null);

/** A rotated one is as old as its rotation. */
function latest(...moments: Told[]): number | null {
  const known = moments.flatMap((moment) => instant(moment) ?? []);
  return known.length === 0 ? null : Math.max(...known);
}
