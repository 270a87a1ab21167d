import { IconAlertTriangle, IconChevronDown, IconFlame, IconMinus, IconQuestionMark } from "@tabler/icons-react";
import { Badge, type BadgeIcon } from "./badge.tsx";
import type { Tone } from "./tokens.ts";

export type RiskClass = "low" | "ordinary" | "high" | "critical";

const SHOWN: Readonly<Record<RiskClass, readonly [string, BadgeIcon, Tone]>> = {
  low: ["Low risk", IconChevronDown, "neutral"],
  ordinary: ["Ordinary risk", IconMinus, "neutral"],
  high: ["High risk", IconAlertTriangle, "warning"],
  critical: ["Critical risk", IconFlame, "danger"],
};

/** Its reasons stand beside it or one key away: see <Reasons>. */
export function RiskBadge({ risk }: { risk: RiskClass | null }) {
  if (risk === null) {
    return (
      <Badge tone="unknown" icon={IconQuestionMark}>
        Risk unknown
      </Badge>
    );
  }
  const [word, icon, tone] = SHOWN[risk];
  return (
    <Badge tone={tone} icon={icon}>
      {word}
    </Badge>
  );
}
