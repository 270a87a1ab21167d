import type { Fact } from "#lib/inventory/streams.ts";
import { type PolicyDocument, parsePolicy, type Unreadable } from "./document.ts";
import { CREDENTIALS, DATA, type Exposure, RESOURCE_POLICIES } from "./exposures.ts";
import { circumstances, EXTENTS, type Extent, extentOf, passedTo } from "./reach.ts";
import { TECHNIQUES, type Technique } from "./techniques.ts";
import { asSentence, servicesOf } from "./words.ts";

export const RISKS = ["admin", "escalation", "credentials", "resource_policies", "data"] as const;
export type Risk = (typeof RISKS)[number];

/** `depends`: on a condition, or on what the named roles and users can do. */
export type Reason = { readonly risk: Risk; readonly certainty: "sure" | "depends"; readonly says: string };

export type Assessment = {
  readonly privileged: Fact;
  readonly reasons: readonly Reason[];
  /** In plain words, the gravest first. */
  readonly meaning: string;
};

const NOTHING: Assessment = { privileged: "no", reasons: [], meaning: "Allows nothing: every statement denies." };

/** What a policy lets its holder do, by what stands in it; its name says nothing. */
export function assessPolicy(given: unknown): Assessment {
  return assess(parsePolicy(given));
}

export function assess(document: PolicyDocument | Unreadable): Assessment {
  if (document.kind === "unreadable")
    return { privileged: "unknown", reasons: [], meaning: `What it allows is unknown: its document cannot be read, ${document.reason}.` };
  if (!document.statements.some(({ effect }) => effect === "Allow")) return NOTHING;
  const reasons = isAdmin(document)
    ? [ADMIN]
    : [...escalations(document), ...RISK_TABLES.flatMap(([risk, table]) => exposures(document, risk, table))];
  return { privileged: privilegedBy(reasons), reasons, meaning: meaningOf(document, reasons) };
}

const privilegedBy = (reasons: readonly Reason[]): Fact =>
  reasons.some(({ certainty }) => certainty === "sure") ? "yes" : reasons.length > 0 ? "unknown" : "no";

const ADMIN: Reason = { risk: "admin", certainty: "sure", says: "can do anything in the account" };

/** An action that no service has: only what allows everything allows it. And nothing of what matters is taken away again. */
function isAdmin(document: PolicyDocument): boolean {
  return ["countersign:AnyActionAtAll", "iam:AttachUserPolicy", "iam:PassRole", "s3:GetObject"].every(
    (action) => extentOf(document, action) === "everywhere",
  );
}

function escalations(document: PolicyDocument): Reason[] {
  return TECHNIQUES.flatMap((technique): Reason[] => {
    const extent = narrowest(technique.needs.map((need) => widest(document, need, technique)));
    const certainty = certaintyOf(extent, technique);
    const about = extent === "named" ? ", on those it names" : extent === "depends" ? ", where its conditions hold" : "";
    return certainty === null ? [] : [{ risk: "escalation", certainty, says: `${technique.says}${about}` }];
  });
}

function certaintyOf(extent: Extent, { onOneself }: Technique): Reason["certainty"] | null {
  if (extent === "nowhere") return null;
  if (extent === "own") return onOneself ? "sure" : null;
  return extent === "everywhere" ? "sure" : "depends";
}

const widest = (document: PolicyDocument, need: string | readonly string[], { passes }: Technique): Extent => {
  const judge = passes === undefined ? circumstances : passedTo(passes);
  return [need].flat().reduce<Extent>((most, action) => larger(most, extentOf(document, action, judge)), "nowhere");
};

const larger = (one: Extent, other: Extent): Extent => (EXTENTS.indexOf(one) >= EXTENTS.indexOf(other) ? one : other);
const narrowest = (extents: readonly Extent[]): Extent =>
  extents.reduce((least, each) => (EXTENTS.indexOf(each) < EXTENTS.indexOf(least) ? each : least), "everywhere");

const RISK_TABLES = [
  ["credentials", CREDENTIALS],
  ["resource_policies", RESOURCE_POLICIES],
  ["data", DATA],
] as const satisfies readonly (readonly [Risk, readonly Exposure[]])[];

/** On everything of its kind it is a risk; on what is named it is what the policy is for, and only its meaning says so. */
function exposures(document: PolicyDocument, risk: Risk, table: readonly Exposure[]): Reason[] {
  return table.flatMap(({ says, actions }): Reason[] => {
    const extents = actions.map((action) => extentOf(document, action));
    if (extents.includes("everywhere")) return [{ risk, certainty: "sure", says }];
    return extents.includes("depends") ? [{ risk, certainty: "depends", says: `${says}, where its conditions hold` }] : [];
  });
}

const SHOWN = 3;

function meaningOf(document: PolicyDocument, reasons: readonly Reason[]): string {
  if (reasons[0]?.risk === "admin") return "Can do anything in the account: every action on every resource.";
  const grave = [...reasons].sort((one, other) => weight(one) - weight(other));
  const shown = grave.slice(0, SHOWN).map(({ says }) => asSentence(says));
  const rest = grave.length - shown.length;
  return [...shown, ...(rest > 0 ? [`And ${rest} more of this kind.`] : []), ...servicesOf(document)].join(" ");
}

const weight = ({ certainty, risk }: Reason): number => (certainty === "sure" ? 0 : RISKS.length) + RISKS.indexOf(risk);

/** Of several that are held together: one that is privileged makes the whole so, one that is unknown leaves it unknown. */
export const privilegedTogether = (facts: readonly Fact[]): Fact =>
  facts.includes("yes") ? "yes" : facts.includes("unknown") ? "unknown" : "no";
