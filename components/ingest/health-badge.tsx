import {
  IconAlertTriangle,
  IconArchive,
  IconCheck,
  IconCircleDashed,
  IconClock,
  IconHandStop,
  IconPlayerPause,
  IconProgress,
} from "@tabler/icons-react";
import { Badge, type BadgeIcon } from "#components/ui/badge.tsx";
import type { Tone } from "#components/ui/tokens.ts";
import type { SourceHealth } from "#lib/ingest/health.ts";

export const HEALTH: Readonly<Record<SourceHealth, readonly [word: string, icon: BadgeIcon, tone: Tone]>> = {
  healthy: ["Healthy", IconCheck, "neutral"],
  running: ["Syncing", IconProgress, "neutral"],
  held: ["Run held", IconHandStop, "warning"],
  failing: ["Last run failed", IconAlertTriangle, "warning"],
  overdue: ["Overdue", IconClock, "warning"],
  never_read: ["Never read", IconCircleDashed, "unknown"],
  paused: ["Paused", IconPlayerPause, "warning"],
  retired: ["Retired", IconArchive, "neutral"],
};

export function HealthBadge({ health }: { health: SourceHealth }) {
  const [word, icon, tone] = HEALTH[health];
  return (
    <Badge tone={tone} icon={icon}>
      {word}
    </Badge>
  );
}
