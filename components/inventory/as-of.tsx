"use client";

import { Button, TextInput } from "@mantine/core";
import { useUrlState } from "#components/data-table/url-state.ts";
import classes from "./as-of.module.css";

const DAY_MS = 86_400_000;
const BACK = [
  { label: "Yesterday", days: 1 },
  { label: "A week ago", days: 7 },
  { label: "A month ago", days: 30 },
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
  const today = now.slice(0, 10);
  const back = (days: number) => new Date(new Date(now).getTime() - days * DAY_MS).toISOString().slice(0, 10);
  return (
    <fieldset className={classes.bar} aria-busy={isPending || undefined} style={{ border: 0, margin: 0, padding: 0 }}>
      <label className={classes.label} htmlFor="as-of">
        As of the end of
      </label>
      <TextInput
        id="as-of"
        key={day ?? today}
        type="date"
        className={classes.date}
        defaultValue={day ?? today}
        max={today}
        onChange={(event) => {
          const chosen = event.currentTarget.value;
          // A date being typed passes through years of three digits.
          if (/^[12]\d{3}-/.test(chosen)) set({ asOf: chosen >= today ? null : chosen });
        }}
      />
      {BACK.map(({ label, days }) => (
        <Button key={days} size="compact-sm" variant={day === back(days) ? "light" : "subtle"} onClick={() => set({ asOf: back(days) })}>
          {label}
        </Button>
      ))}
      {day !== null && (
        <Button size="compact-sm" variant="default" onClick={() => set({ asOf: null })}>
          Back to today
        </Button>
      )}
    </fieldset>
  );
}
