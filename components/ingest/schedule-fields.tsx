"use client";

import { NativeSelect, TextInput } from "@mantine/core";
import { Moment } from "#components/ui/moment.tsx";
import { usePreferences } from "#components/ui/preferences.tsx";
import { ToneText } from "#components/ui/tone-text.tsx";
import { nextRun, scheduleProblem } from "#lib/ingest/schedule.ts";
import classes from "./ingest.module.css";
import { cronOf, type ScheduleDraft, WEEKDAYS } from "./schedule-words.ts";

const CHOICES = [
  { value: "hand", label: "by hand only" },
  { value: "hour", label: "every hour" },
  { value: "day", label: "every day" },
  { value: "weekday", label: "Monday to Friday" },
  { value: "week", label: "once a week" },
  { value: "cron", label: "as a cron expression…" },
];

type ScheduleFieldsProps = {
  draft: ScheduleDraft;
  zone: string;
  onChange: (draft: ScheduleDraft, zone: string) => void;
  error?: string | undefined;
};

/** When a source is read by itself, and when that will be the next time. */
export function ScheduleFields({ draft, zone, onChange, error }: ScheduleFieldsProps) {
  const { now } = usePreferences();
  const cron = cronOf(draft);
  const at = new Date(now);
  const problem = cron === null ? null : scheduleProblem(cron, zone, at);
  const next = cron === null || problem ? null : nextRun(cron, zone, at);
  const zones = [...new Set([zone, "UTC", ...Intl.supportedValuesOf("timeZone")])];
  return (
    <>
      <div className={classes.bar}>
        <NativeSelect
          label="It is read"
          value={draft.every}
          data={CHOICES}
          onChange={(event) => onChange({ ...draft, every: event.currentTarget.value as ScheduleDraft["every"] }, zone)}
        />
        {draft.every === "week" && (
          <NativeSelect
            label="On"
            value={draft.day}
            data={WEEKDAYS.map((label, day) => ({ value: String(day), label }))}
            onChange={(event) => onChange({ ...draft, day: event.currentTarget.value }, zone)}
          />
        )}
        {draft.every === "hour" && (
          <TextInput
            label="At minute"
            inputMode="numeric"
            value={draft.time.slice(3)}
            onChange={(event) => {
              const minute = event.currentTarget.value.replace(/\D/g, "").slice(0, 2);
              onChange({ ...draft, time: `00:${minute}` }, zone);
            }}
          />
        )}
        {["day", "weekday", "week"].includes(draft.every) && (
          <TextInput
            type="time"
            label="At"
            value={draft.time}
            onChange={(event) => onChange({ ...draft, time: event.currentTarget.value }, zone)}
          />
        )}
        {draft.every === "cron" && (
          <TextInput
            label="Cron expression"
            description="minute hour day month weekday"
            value={draft.cron}
            onChange={(event) => onChange({ ...draft, cron: event.currentTarget.value }, zone)}
          />
        )}
        {draft.every !== "hand" && (
          <NativeSelect label="Time zone" value={zone} data={zones} onChange={(event) => onChange(draft, event.currentTarget.value)} />
        )}
      </div>
      {cron !== null && (
        <p aria-live="polite">
          {problem || error ? (
            <ToneText tone="warning">{problem ?? error}</ToneText>
          ) : (
            <>
              Next: <Moment at={next?.toISOString() ?? null} zone={zone} show="due" />,{" "}
              <Moment at={next?.toISOString() ?? null} show="relative" />
            </>
          )}
        </p>
      )}
    </>
  );
}
