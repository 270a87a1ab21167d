"use client";

import { Button, TextInput } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useUrlState } from "#components/data-table/url-state.ts";
import classes from "./as-of.module.css";

const DAY_MS = 86_400_000;
const SETTLE_MS = 400;
const DAYS = [
  { label: "Today", back: 0 },
  { label: "Yesterday", back: 1 },
  { label: "A week ago", back: 7 },
  { label: "A month ago", back: 30 },
] as const;

type AsOfProps = {
  /** The past day shown; null is today. */
  day: string | null;
  /** The instant that the server drew the page. */
  now: string;
};

/** The day that the page speaks of, in its address. Days are days of UTC, so that one address shows everybody the same. */
export function AsOf({ day, now }: AsOfProps) {
  const { set, isPending } = useUrlState();
  const dayBefore = (back: number) => new Date(new Date(now).getTime() - back * DAY_MS).toISOString().slice(0, 10);
  const today = dayBefore(0);
  const shown = day ?? today;
  return (
    <fieldset className={classes.bar} aria-busy={isPending || undefined}>
      <label className={classes.label} htmlFor="as-of">
        As of the end of
      </label>
      <DayField shown={shown} today={today} onDay={(chosen) => set({ asOf: chosen === today ? null : chosen })} />
      {DAYS.map(({ label, back }) => (
        <Button
          key={back}
          size="compact-sm"
          variant={shown === dayBefore(back) ? "light" : "subtle"}
          aria-pressed={shown === dayBefore(back)}
          onClick={() => set({ asOf: back === 0 ? null : dayBefore(back) })}
        >
          {label}
        </Button>
      ))}
    </fieldset>
  );
}

/** A day typed or picked. It follows the address, but never while somebody is ahead of it. */
function DayField({ shown, today, onDay }: { shown: string; today: string; onDay: (day: string) => void }) {
  const [typed, setTyped] = useState(shown);
  const sent = useRef(shown);
  const send = useRef(onDay);
  send.current = onDay;
  useEffect(() => {
    if (shown !== sent.current) setTyped(shown);
    sent.current = shown;
  }, [shown]);
  // A year being typed passes through the first centuries.
  const isDay = /^[12]\d{3}-/.test(typed) && typed <= today;
  useEffect(() => {
    if (!isDay || typed === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = typed;
      send.current(typed);
    }, SETTLE_MS);
    return () => clearTimeout(timer);
  }, [isDay, typed]);
  return (
    <TextInput
      id="as-of"
      type="date"
      className={classes.date}
      value={typed}
      max={today}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={() => {
        if (!isDay) setTyped(sent.current);
      }}
    />
  );
}
