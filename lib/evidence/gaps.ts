import type { GapRule } from "./gap-rule.ts";
import type { PackFacts } from "./pack-facts.ts";
import { OF_POPULATION } from "./population-gaps.ts";
import { OF_REVIEW } from "./review-gaps.ts";
import { OF_VERSION } from "./version-gaps.ts";

/** One thing that the pack does not prove, in words that a reader outside understands. */
export type Gap = {
  code: GapCode;
  /** Lines of the checklist that it limits. */
  lines: readonly string[];
  /** What it is about: this campaign, or whatever this version of the product makes. */
  concerns: "this campaign" | "this version";
  /** How many it touches, where that can be counted. */
  count: number | null;
  text: string;
};

const OF_CAMPAIGN = { ...OF_POPULATION, ...OF_REVIEW };

export type CampaignGapCode = keyof typeof OF_CAMPAIGN;
export type GapCode = CampaignGapCode | keyof typeof OF_VERSION;
export const GAP_CODES = [...Object.keys(OF_CAMPAIGN), ...Object.keys(OF_VERSION)] as readonly GapCode[];
/** Those that every pack of this version has. */
export const STANDING_GAPS = Object.keys(OF_VERSION) as readonly GapCode[];
export const linesOfGap = (code: GapCode): readonly string[] => ({ ...OF_CAMPAIGN, ...OF_VERSION })[code].lines;

/** Everything that the pack does not prove, the campaign's own first. */
export function gapsOf(facts: PackFacts): Gap[] {
  const found = (rules: Readonly<Record<string, GapRule>>, concerns: Gap["concerns"]): Gap[] =>
    Object.entries(rules).flatMap(([code, { lines, find }]) => {
      const gap = find(facts);
      return gap ? [{ code: code as GapCode, lines, concerns, ...gap }] : [];
    });
  return [...found(OF_CAMPAIGN, "this campaign"), ...found(OF_VERSION, "this version")];
}

/** gaps.txt: the same, to be read anywhere. */
export function gapsText(gaps: readonly Gap[]): string {
  const part = (concerns: Gap["concerns"], title: string) => {
    const lines = gaps
      .filter((gap) => gap.concerns === concerns)
      .map(({ text, lines: of, code }) => `- ${oneLine(text)}\n  (${of.join(", ")}; ${code})`);
    return `${title}\n${"-".repeat(title.length)}\n${lines.length === 0 ? "Nothing." : lines.join("\n")}\n`;
  };
  return `What this pack does not prove\n=============================\n\n${part("this campaign", "In this campaign")}\n${part("this version", "In any pack of this version of Countersign")}`;
}

/** Names come from outside: one that holds a line break must not look like a line of ours. */
const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ");
