import { countText } from "#components/ui/moment-text.ts";
import type { BySilence } from "#lib/campaigns/campaign-types.ts";

const listed = (parts: readonly string[]): string =>
  parts.length < 2 ? (parts[0] ?? "") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;

/** "suspend 3, revoke 12, keep 40 and leave 2 to security"; empty where nothing is left to silence. */
export function silenceWill({ suspend, revoke, keep, security, unanswered }: BySilence): string {
  return listed([
    ...(suspend > 0 ? [`suspend ${countText(suspend)}`] : []),
    ...(revoke > 0 ? [`revoke ${countText(revoke)}`] : []),
    ...(keep > 0 ? [`keep ${countText(keep)}`] : []),
    ...(security > 0 ? [`leave ${countText(security)} to security`] : []),
    ...(unanswered > 0 ? [`leave ${countText(unanswered)} unanswered`] : []),
  ]);
}

/** "suspended 3, revoked 12, kept 40 and left 2 to security" */
export function silenceDid({ suspend, revoke, keep, security, unanswered }: BySilence): string {
  return listed([
    ...(suspend > 0 ? [`suspended ${countText(suspend)}`] : []),
    ...(revoke > 0 ? [`revoked ${countText(revoke)}`] : []),
    ...(keep > 0 ? [`kept ${countText(keep)}`] : []),
    ...(security > 0 ? [`left ${countText(security)} to security`] : []),
    ...(unanswered > 0 ? [`left ${countText(unanswered)} unanswered`] : []),
  ]);
}
