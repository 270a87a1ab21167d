import { counted } from "#components/ui/moment-text.ts";
import type { Lifetime } from "#lib/inventory/lifetime.ts";

/** A credential's life in words, for whoever does not see the bar: "31 of 90 days over, 59 left". */
export function lifetimeText({ state, ageDays, leftDays, passed }: Lifetime): string {
  const age = ageDays === null ? "age unknown" : `${counted(ageDays, "day")} old`;
  switch (state) {
    case "expired":
      return `expired ${leftDays === null || leftDays === -1 ? "less than a day ago" : `${counted(-leftDays - 1, "day")} ago`}, ${age}`;
    case "soon":
    case "running":
      return `${leftDays === 0 ? "less than a day left" : `${counted(leftDays ?? 0, "day")} left`}, ${age}${passed === null ? "" : ` (${passed} % of its life)`}`;
    case "endless":
      return `never expires, ${age}`;
    case "unknown":
      return `expiry unknown, ${age}`;
  }
}
