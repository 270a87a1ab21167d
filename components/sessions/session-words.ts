import { counted, countText } from "#components/ui/moment-text.ts";
import type { BoardTotals, Fact, SessionRow } from "#lib/sessions/types.ts";
import type { Tone } from "../ui/tokens.ts";

export const PRIVILEGE_WORDS: Readonly<Record<Fact, string>> = { yes: "privileged", no: "ordinary", unknown: "privilege unknown" };
export const MFA_WORDS: Readonly<Record<Fact, string>> = { yes: "MFA used", no: "no MFA", unknown: "MFA unknown" };

/** Red is for what can hurt now: privilege that is open without a second factor. */
export function mfaTone({ mfa, privileged, isNow }: Pick<SessionRow, "mfa" | "privileged" | "isNow">): Tone {
  if (mfa === "unknown") return "unknown";
  if (mfa === "yes") return "neutral";
  return privileged === "yes" && isNow ? "danger" : "warning";
}

export const privilegeTone = (privileged: Fact): Tone => (privileged === "yes" ? "accent" : privileged === "no" ? "neutral" : "unknown");

/** Why a session counts as privileged, or does not. */
export function privilegeReason(session: Pick<SessionRow, "told" | "privileged"> & { showsPrivilege: boolean }): string {
  if (session.told === "read") return "as the source itself says of the account";
  if (session.showsPrivilege) return "its events show it: they changed who may do what, or were the root's";
  if (session.privileged === "unknown") return "neither its events nor the inventory say so";
  return session.privileged === "yes"
    ? "the inventory knows that this identity holds privileged access"
    : "the inventory knows all that this identity holds, and nothing of it is privileged";
}

/** "2 without MFA, 1 unknown", or what there is to say in place of it. */
export function privilegedDetail({ privileged, privilegedWithoutMfa, privilegedMfaUnknown }: BoardTotals): { detail: string; tone: Tone } {
  if (privileged === 0) return { detail: "nobody holds privilege at this moment", tone: "neutral" };
  const parts = [
    ...(privilegedWithoutMfa > 0 ? [`${countText(privilegedWithoutMfa)} without MFA`] : []),
    ...(privilegedMfaUnknown > 0 ? [`MFA of ${countText(privilegedMfaUnknown)} unknown`] : []),
  ];
  if (parts.length === 0) return { detail: "all with MFA", tone: "neutral" };
  return { detail: parts.join(", "), tone: privilegedWithoutMfa > 0 ? "danger" : "unknown" };
}

const MINUTE_MS = 60_000;
/** "15 min", "6 h", "12 days": how long something was given for. */
export function lengthWords(ms: number): string {
  if (ms < MINUTE_MS) return `${Math.round(ms / 1000)} s`;
  if (ms < 60 * MINUTE_MS) return `${Math.round(ms / MINUTE_MS)} min`;
  if (ms < 48 * 60 * MINUTE_MS) return `${Math.round(ms / (6 * MINUTE_MS)) / 10} h`;
  return counted(Math.round(ms / (24 * 60 * MINUTE_MS)), "day");
}
