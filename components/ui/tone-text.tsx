import { IconAlertTriangle, IconCircleCheck, IconCircleDashed, IconFlame } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { Tone } from "./tokens.ts";
import classes from "./tone-text.module.css";

const ICONS = { danger: IconFlame, warning: IconAlertTriangle, verified: IconCircleCheck, unknown: IconCircleDashed } as const;

/** Words whose colour means something, with the icon that says the same to whoever does not see it. */
export function ToneText({ tone, children }: { tone: Tone; children: ReactNode }) {
  const Icon = tone === "neutral" || tone === "accent" ? null : ICONS[tone];
  return (
    <span className={classes.text} data-tone={tone}>
      {Icon && <Icon size={14} stroke={1.75} aria-hidden />}
      {children}
    </span>
  );
}
