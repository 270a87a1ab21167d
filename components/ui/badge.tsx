import type { ComponentType, ReactNode } from "react";
import classes from "./badge.module.css";
import type { Tone } from "./tokens.ts";

export type BadgeIcon = ComponentType<{ size?: number; stroke?: number; "aria-hidden"?: boolean }>;

/** Icon, word, tone: never colour alone. */
export function Badge({ tone, icon: Icon, children, title }: { tone: Tone; icon?: BadgeIcon; children: ReactNode; title?: string }) {
  return (
    <span className={classes.badge} data-tone={tone} title={title}>
      {Icon && <Icon size={14} stroke={1.75} aria-hidden />}
      {children}
    </span>
  );
}
