"use client";

import classes from "./moment.module.css";
import { dateText, dueText, instantText, type MomentKind, relativeText } from "./moment-text.ts";
import { usePreferences } from "./preferences.tsx";

type MomentProps = {
  /** ISO instant; needed for kind "value" and ignored otherwise. */
  at?: string | null;
  /** Left out, it is "value" when there is an instant and "unknown" when there is none. */
  kind?: MomentKind;
  /** full "20 Nov 2026, 14:05 CET, 3 days ago" · instant without the distance · relative "3 days ago" · date "20 Nov 2026" · due "Fri 12 Dec 17:00 CET". */
  show?: "full" | "instant" | "relative" | "date" | "due";
  /** IANA name where it is not the reader's own: a campaign has a zone. */
  zone?: string;
};

const WORDS = { never: "never", unknown: "unknown", not_supported: "not told by the source" } as const;

/** A point in time, or the word for why there is none: unknown is never shown as a dash or as never. */
export function Moment({ at = null, kind = at ? "value" : "unknown", show = "full", zone }: MomentProps) {
  const preferences = usePreferences();
  if (kind !== "value" || !at) {
    const word = kind === "value" ? WORDS.unknown : WORDS[kind];
    return <span className={kind === "never" ? undefined : classes.unknown}>{word}</span>;
  }
  const inZone = zone ?? preferences.zone;
  const exact = instantText(at, inZone);
  const relative = relativeText(at, preferences.now);
  return (
    <time dateTime={at} title={show === "instant" ? relative : show === "full" ? at : exact} suppressHydrationWarning>
      {show === "full" && `${exact}, ${relative}`}
      {show === "instant" && exact}
      {show === "relative" && relative}
      {show === "date" && dateText(at, inZone)}
      {show === "due" && dueText(at, inZone, preferences.now)}
    </time>
  );
}
