import type { MicroRule } from "#lib/campaigns/micro.ts";

type Words = { title: string; why: string };

export const MICRO_WORDS: Readonly<Record<MicroRule, Words>> = {
  new_privileged_grant: { title: "New privileged access", why: "A sync finds privileged access that was not there before." },
  mover: { title: "Movers", why: "Somebody has another manager or department, and still holds what came with the work before." },
  leaver: { title: "Leavers", why: "Somebody has left and still holds something." },
  meaning_drift: { title: "Changed in meaning", why: "An access gives something else than when it was last signed off." },
};

/** What is started by no rule that can be switched: follow-ups of what was decided. */
const FOLLOW_UPS: Readonly<Record<string, Words>> = {
  since_freeze: { title: "Granted since a freeze", why: "Access that came after a campaign's population was frozen, and is not in it." },
  regrown: { title: "Grew back", why: "Access that was verified as gone is there again." },
  not_effective: { title: "Removal had no effect", why: "What was to be removed is still there." },
  exception_expired: { title: "Exception ended", why: "The exception under which it was signed off has reached its end." },
  exception_revoked: { title: "Exception revoked", why: "The exception under which it was signed off was revoked." },
  exception_suspended: { title: "Exception suspended", why: "The exception under which it was signed off is suspended." },
};

export const microTitle = (rule: string): string =>
  (MICRO_WORDS as Record<string, Words>)[rule]?.title ?? FOLLOW_UPS[rule]?.title ?? rule.replaceAll("_", " ");
/** Of a follow-up; a rule has kept its own words. */
export const followUpWhy = (rule: string): string | null => FOLLOW_UPS[rule]?.why ?? null;
