"use client";

import { NumberInput, Select, TextInput } from "@mantine/core";
import { Moment } from "#components/ui/moment.tsx";
import { nextCycles, type Period, type Recurrence } from "#lib/campaigns/cycles.ts";
import { MONTH_WORDS, PERIOD_WORDS, WEEKDAY_WORDS } from "./campaign-words.ts";
import classes from "./setup-form.module.css";

type RecurrenceFieldsProps = {
  recurrence: Recurrence | null;
  onChange: (recurrence: Recurrence | null) => void;
  zone: string;
  now: string;
};

const NEXT = 4;
const options = (words: Readonly<Record<string, string>>) => Object.entries(words).map(([value, label]) => ({ value, label }));
const FIRST: Recurrence = { every: "quarter", on: 1, from: 1, at: "09:00" };
const isComplete = ({ on, at }: Recurrence): boolean => on >= 1 && /^\d\d:\d\d$/.test(at);

/** When it comes again, on the wall clock of its zone, and what that comes to: the next four, over changes of clocks. */
export function RecurrenceFields({ recurrence, onChange, zone, now }: RecurrenceFieldsProps) {
  const set = (change: Partial<Recurrence>) => onChange({ ...(recurrence ?? FIRST), ...change });
  return (
    <fieldset className={classes.group}>
      <legend>Comes again</legend>
      <div className={classes.due}>
        <Select
          label="Every"
          data={[{ value: "", label: "not by itself" }, ...options(PERIOD_WORDS)]}
          allowDeselect={false}
          value={recurrence?.every ?? ""}
          onChange={(value) => (value ? set({ every: value as Period, on: value === "week" ? 1 : (recurrence?.on ?? 1) }) : onChange(null))}
        />
        {recurrence?.every === "week" && (
          <Select
            label="On"
            data={options(WEEKDAY_WORDS)}
            allowDeselect={false}
            value={String(recurrence.on)}
            onChange={(value) => set({ on: Number(value ?? 1) })}
          />
        )}
        {recurrence && recurrence.every !== "week" && (
          <NumberInput
            label="On day of the month"
            min={1}
            max={28}
            allowDecimal={false}
            value={recurrence.on}
            onChange={(value) => set({ on: typeof value === "number" ? Math.min(28, value) : 1 })}
          />
        )}
        {recurrence && recurrence.every !== "week" && recurrence.every !== "month" && (
          <Select
            label="Beginning in"
            data={options(MONTH_WORDS)}
            allowDeselect={false}
            value={String(recurrence.from)}
            onChange={(value) => set({ from: Number(value ?? 1) })}
          />
        )}
        {recurrence && (
          <TextInput type="time" label="At" required value={recurrence.at} onChange={(event) => set({ at: event.currentTarget.value })} />
        )}
      </div>
      {recurrence && isComplete(recurrence) && (
        <div className={classes.hint}>
          The next four:
          <ol className={classes.cycles}>
            {nextCycles(recurrence, zone, new Date(now), NEXT).map((at) => (
              <li key={at.toISOString()}>
                <Moment at={at.toISOString()} zone={zone} show="instant" />
              </li>
            ))}
          </ol>
        </div>
      )}
    </fieldset>
  );
}
