import Link from "next/link";
import type { ReactNode } from "react";
import { countText } from "./moment-text.ts";
import classes from "./stat-tile.module.css";
import type { Tone } from "./tokens.ts";
import { ToneText } from "./tone-text.tsx";

type StatTileProps = {
  /** The rows behind the number, with the filter in the URL. */
  href: string;
  /** Null is unknown and shown as the word. */
  value: number | string | null;
  /** The number's noun: "privileged grants". */
  label: string;
  /** The rest of the sentence: "2 without MFA". */
  detail?: ReactNode;
  tone?: Tone;
};

export function StatTile({ href, value, label, detail, tone = "neutral" }: StatTileProps) {
  return (
    <Link href={href} prefetch={false} className={classes.tile}>
      <span className={classes.value}>{value === null ? <span className={classes.unknown}>unknown</span> : countText(value)}</span>
      <span className={classes.label}>{label}</span>
      {detail && (
        <span className={classes.detail}>
          <ToneText tone={tone}>{detail}</ToneText>
        </span>
      )}
    </Link>
  );
}

export function StatTiles({ children }: { children: ReactNode }) {
  return <div className={classes.tiles}>{children}</div>;
}
