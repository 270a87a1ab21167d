"use client";

import { Moment } from "#components/ui/moment.tsx";
import { dateText } from "#components/ui/moment-text.ts";
import { usePreferences } from "#components/ui/preferences.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import type { ItemException } from "#lib/campaigns/review-types.ts";
import classes from "./exceptions.module.css";

type ExceptionMarkProps = {
  exception: ItemException;
  /** Where there is room to go on from. */
  isLink?: boolean;
  /** On a row: its end, and the rest when pointed at. */
  isShort?: boolean;
};

/** On every item that an exception is about: in force or not, since when, until when. Covered is shown as covered, never hidden. */
export function ExceptionMark({ exception, isLink = false, isShort = false }: ExceptionMarkProps) {
  const { zone } = usePreferences();
  const { activeAt, expiresAt } = exception;
  const text = <MarkText exception={exception} isShort={isShort} />;
  const since = activeAt ? `in force since ${dateText(activeAt, zone)}` : "not in force yet";
  return (
    <span
      className={classes.mark}
      data-state={exception.state}
      title={`${since}, until ${dateText(expiresAt, zone)}`}
      suppressHydrationWarning
    >
      {isLink ? <TextLink href={`/exceptions/${exception.id}`}>{text}</TextLink> : text}
    </span>
  );
}

function MarkText({ exception: { state, activeAt, expiresAt }, isShort }: Required<Pick<ExceptionMarkProps, "exception" | "isShort">>) {
  if (state === "SUSPENDED") return <>exception suspended</>;
  if (state !== "ACTIVE") return <>exception asked for</>;
  if (isShort)
    return (
      <>
        exception until <Moment at={expiresAt} show="date" />
      </>
    );
  return (
    <>
      exception since <Moment at={activeAt} show="date" />, until <Moment at={expiresAt} show="date" />
    </>
  );
}
