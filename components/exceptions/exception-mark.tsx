"use client";

import { Moment } from "#components/ui/moment.tsx";
import { TextLink } from "#components/ui/text-link.tsx";
import type { ItemException } from "#lib/campaigns/types.ts";
import classes from "./exceptions.module.css";

type ExceptionMarkProps = {
  exception: ItemException;
  /** Where there is room to go on from. */
  isLink?: boolean;
};

/** On every item that an exception is about: in force or not, since when, until when. Covered is shown as covered, never hidden. */
export function ExceptionMark({ exception, isLink = false }: ExceptionMarkProps) {
  const text = <MarkText exception={exception} />;
  return (
    <span className={classes.mark} data-state={exception.state}>
      {isLink ? <TextLink href={`/exceptions/${exception.id}`}>{text}</TextLink> : text}
    </span>
  );
}

function MarkText({ exception: { state, activeAt, expiresAt } }: { exception: ItemException }) {
  if (state === "SUSPENDED") return <>exception suspended</>;
  if (state !== "ACTIVE") return <>exception asked for</>;
  return (
    <>
      exception since <Moment at={activeAt} show="date" />, until <Moment at={expiresAt} show="date" />
    </>
  );
}
