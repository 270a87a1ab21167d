/** The schedules that most people mean; anything else is written as cron itself. */
export type ScheduleDraft = {
  every: "hand" | "hour" | "day" | "weekday" | "week" | "cron";
  /** "06:00", for day, weekday and week; its minute alone for hour. */
  time: string;
  /** 0 is Sunday, as cron has it. */
  day: string;
  cron: string;
};

export const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;
export const BY_HAND: ScheduleDraft = { every: "hand", time: "06:00", day: "1", cron: "0 6 * * *" };

/** The cron expression that is saved; null is by hand only. */
export function cronOf({ every, time, day, cron }: ScheduleDraft): string | null {
  const [hour = 0, minute = 0] = time.split(":").map(Number);
  switch (every) {
    case "hand":
      return null;
    case "hour":
      return `${minute} * * * *`;
    case "day":
      return `${minute} ${hour} * * *`;
    case "weekday":
      return `${minute} ${hour} * * 1-5`;
    case "week":
      return `${minute} ${hour} * * ${day}`;
    case "cron":
      return cron.trim().replace(/\s+/g, " ");
  }
}

/** What a saved expression is among those, so that it can be changed as it was chosen. */
export function draftOfCron(cron: string | null): ScheduleDraft {
  if (cron === null) return BY_HAND;
  const [, minute, hour, weekday] = /^(\d{1,2}) (\d{1,2}|\*) \* \* (\*|1-5|[0-6])$/.exec(cron) ?? [];
  if (minute === undefined || hour === undefined || weekday === undefined) return { ...BY_HAND, every: "cron", cron };
  const time = `${(hour === "*" ? "0" : hour).padStart(2, "0")}:${minute.padStart(2, "0")}`;
  if (hour === "*") return weekday === "*" ? { ...BY_HAND, every: "hour", time, cron } : { ...BY_HAND, every: "cron", cron };
  if (weekday === "*") return { ...BY_HAND, every: "day", time, cron };
  if (weekday === "1-5") return { ...BY_HAND, every: "weekday", time, cron };
  return { ...BY_HAND, every: "week", time, day: weekday, cron };
}

/** "every day at 06:00 (Europe/Vienna)" */
export function scheduleText(cron: string | null, zone: string): string {
  const { every, time, day } = draftOfCron(cron);
  switch (every) {
    case "hand":
      return "by hand only";
    case "hour":
      return `every hour at minute ${Number(time.slice(3))}`;
    case "day":
      return `every day at ${time} (${zone})`;
    case "weekday":
      return `Monday to Friday at ${time} (${zone})`;
    case "week":
      return `every ${WEEKDAYS[Number(day)]} at ${time} (${zone})`;
    case "cron":
      return `${cron} (${zone})`;
  }
}
