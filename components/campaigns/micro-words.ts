import type { MicroRule } from "#lib/campaigns/micro.ts";

type Words = { title: string; why: string };

export const MICRO_WORDS: Readonly<Record<MicroRule, Words>> = {
  new_privileged_grant: { title: "New privileged access", why: "A sync finds privileged access that was not there before." },
  mover: { title: "Movers", why: "Somebody has another manager or department, and still holds what came with the work before." },
  leaver: { title: "Leavers", why: "Somebody has left and still holds something." },
  meaning_drift: { title: "Changed in meaning", why: "An access gives something else than when it was last signed off." },
};

const ALWAYS: Readonly<Record<string, string>> = {
  regrown: "Grew back",
  not_effective: "Removal had no effect",
  exception_expired: "Exception ended",
  exception_revoked: "Exception revoked",
  exception_suspended: "Exception suspended",
};

/** Also of what is started by no rule that can be switched: follow-ups of what was decided. */
export const microTitle = (rule: string): string =>
  (MICRO_WORDS as Record<string, Words>)[rule]?.title ?? ALWAYS[rule] ?? rule.replaceAll("_", " ");
