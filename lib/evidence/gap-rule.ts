import type { PackFacts } from "./pack-facts.ts";

/** Looks for one kind of gap; null where there is none. `lines` are those of the checklist that it limits. */
export type GapRule = { readonly lines: readonly string[]; readonly find: (facts: PackFacts) => FoundGap };
export type FoundGap = { count: number | null; text: string } | null;

export const counted = (count: number, noun: string): string => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
export const countedIdentities = (count: number): string => (count === 1 ? "1 identity" : `${count.toLocaleString("en")} identities`);
export const when = (count: number, text: (count: number) => string): FoundGap => (count > 0 ? { count, text: text(count) } : null);
export const always = (text: string): FoundGap => ({ count: null, text });
export const named = (names: readonly string[]): string => names.join(", ");
export const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
