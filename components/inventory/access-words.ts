import { dayText } from "#components/ui/moment-text.ts";

type Step = { name: string };

/** What it lets do, as the source or a connector put it; without that, what it is called. */
export function sentenceOf({ meaning, entitlement }: { meaning: string | null; entitlement: string }): string {
  const told = meaning?.trim().replace(/\.$/, "");
  return told ? told : `Has ${entitlement}, whose meaning is not told`;
}

/** The groups and roles between holder and entitlement: "through Member of sre -> Member of admins"; nothing where it is held directly. */
export function throughText(path: readonly Step[]): string {
  const between = path.slice(0, -1).map(({ name }) => name);
  return between.length === 0 ? "held directly" : `through ${between.join(" → ")}`;
}

/** "20 Nov 2026 UTC": a day of the address, which is a day of UTC. */
export const utcDayText = (day: string): string => `${dayText(day)} UTC`;
