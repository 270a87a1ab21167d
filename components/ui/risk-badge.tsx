import { IconAlertTriangle, IconChevronDown, IconFlame, IconMinus, IconQuestionMark } from "@tabler/icons-react";
import { Badge, type BadgeIcon } from "./badge.tsx";
import type { Tone } from "./tokens.ts";

export type RiskClass = "low" | "ordinary" | "high" | "critical";

const SHOWN: Readonly<Record<RiskClass, readonly [string, BadgeIcon, Tone]>> = {
  low: ["Low", IconChevronDown, "neutral"],
  ordinary: ["Ordinary", IconMinus, "neutral"],
  high: ["High", IconAlertTriangle, "warning"],
  critical: ["Critical", IconFlame, "danger"],
};

type RiskBadgeProps = {
  risk: RiskClass | null;
  /** Under a header that says what it is. */
  isShort?: boolean;
};

/** Its reasons stand beside it or one key away: see <Reasons>. */
export function RiskBadge({ risk, isShort = false }: RiskBadgeProps) {
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
      {isShort ? word : `${word} risk`}
    </Badge>
  );
}
