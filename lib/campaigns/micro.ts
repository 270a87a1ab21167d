import { z } from "zod";

/** Events that may start a micro-campaign, each by a rule of its own. */
export const MICRO_RULES = ["new_privileged_grant", "mover", "leaver", "meaning_drift"] as const;
export type MicroRule = (typeof MICRO_RULES)[number];

export const microRule = z.strictObject({
  isOn: z.boolean().default(false),
  /** For the answers. */
  days: z.int().min(1).max(90).default(7),
  /** Micro-campaigns that the rule may start in 24 hours. */
  perDay: z.int().min(1).max(200).default(20),
  /** Grants in one of them. */
  maxItems: z.int().min(1).max(1000).default(200),
});

/** Off until somebody who runs campaigns switches a rule on, and thereby owns what it starts. */
export const microSettings = z.strictObject({
  ownerUserId: z.uuid().nullable().default(null),
  rules: z
    .strictObject({
      new_privileged_grant: microRule.prefault({}),
      mover: microRule.prefault({}),
      leaver: microRule.prefault({}),
      meaning_drift: microRule.prefault({}),
    })
    .prefault({}),
});
export type MicroSettings = z.output<typeof microSettings>;
export type MicroRuleSettings = MicroSettings["rules"][MicroRule];
export const MICRO_SETTING = "campaigns.micro";

/** What a run says happened: one subject of a rule, with the grants that it is about, the first of them by what needs thought. */
export type MicroSubject = {
  subjectKind: "run" | "person" | "entitlement";
  subjectId: string;
  label: string;
  runId: string;
  sourceIds: string[];
  grantIds: string[];
  found: number;
  /** What changed, of movers: "department Payments to Platform". */
  detail: string | null;
};
export type MicroPlan = { start: MicroSubject[]; leftOut: MicroSubject[] };

/** The rate limit: what may start now, in the order found, and what waits; those that wait already go first. Each is counted and said. */
export function planMicro(
  subjects: readonly MicroSubject[],
  { startedInADay, waiting }: Pace,
  { isOn, perDay }: MicroRuleSettings,
): MicroPlan {
  if (!isOn) return { start: [], leftOut: [] };
  const room = Math.max(0, perDay - startedInADay - waiting);
  return { start: subjects.slice(0, room), leftOut: subjects.slice(room) };
}
export type Pace = { startedInADay: number; waiting: number };

export const microName = (which: MicroRule, label: string): string => {
  switch (which) {
    case "new_privileged_grant":
      return `New privileged access in ${label}`;
    case "mover":
      return `Moved: ${label}`;
    case "leaver":
      return `Left: ${label}`;
    case "meaning_drift":
      return `Changed in meaning: ${label}`;
  }
};

/** Why it was started, with what it left out. */
export function microWhy(which: MicroRule, { label, found, grantIds, detail }: MicroSubject): string {
  const left = found - grantIds.length;
  const over = left > 0 ? ` ${left} more of them are left out: review those in a campaign of their own.` : "";
  const held = `${found} ${found === 1 ? "grant" : "grants"}`;
  switch (which) {
    case "new_privileged_grant":
      return `A sync of ${label} found ${held} of privileged access that ${found === 1 ? "was" : "were"} not there before.${over}`;
    case "mover":
      return `${label} moved (${detail ?? "manager or department changed"}) and still holds ${held}.${over}`;
    case "leaver":
      return `${label} has left and still holds ${held}.${over}`;
    case "meaning_drift":
      return `${label} gives something else than when it was last signed off; ${held} of it ${found === 1 ? "stands" : "stand"}.${over}`;
  }
}

export const microInstructions = (which: MicroRule): string => {
  switch (which) {
    case "new_privileged_grant":
      return "This access is new and privileged. Keep it if you know why it was given; revoke it if you do not.";
    case "mover":
      return "This person has another manager or department now. Keep what the new work needs, and revoke what came from the work before.";
    case "leaver":
      return "This person has left. Revoke what they still hold, or say why it has to stay and until when.";
    case "meaning_drift":
      return "This access gives something else than what was signed off. Look at what changed, and decide anew whether each holder needs it.";
  }
};

export const limitedWhy = (subjects: number, found: number, perDay: number): string =>
  `${subjects} more ${subjects === 1 ? "subject" : "subjects"} with ${found} ${found === 1 ? "grant" : "grants"} ${subjects === 1 ? "waits" : "wait"}: the rule starts at most ${perDay} in a day, and these as soon as it may.`;

export const nothingWhy = (label: string): string =>
  `Of ${label} nothing stands any more: it waited for its turn, and there is nothing left to ask about.`;
