import { describe, expect, it } from "vitest";
import { cronOf, draftOfCron, scheduleText } from "./schedule-words.ts";

describe("a schedule in words", () => {
  it.each([
    [null, "by hand only"],
    ["15 * * * *", "every hour at minute 15"],
    ["0 6 * * *", "every day at 06:00 (Europe/Vienna)"],
    ["5 23 * * 1-5", "Monday to Friday at 23:05 (Europe/Vienna)"],
    ["30 7 * * 0", "every Sunday at 07:30 (Europe/Vienna)"],
    ["0 6 1 * *", "0 6 1 * * (Europe/Vienna)"],
    ["*/10 * * * *", "*/10 * * * * (Europe/Vienna)"],
    ["0 * * * 1-5", "0 * * * 1-5 (Europe/Vienna)"],
  ])("%s reads as %s, and goes there and back", (cron, words) => {
    expect(scheduleText(cron, "Europe/Vienna")).toBe(words);
    expect(cronOf(draftOfCron(cron))).toBe(cron);
  });

  it("takes out what was typed too much", () => {
    expect(cronOf({ every: "cron", time: "", day: "", cron: "  0   6 * * 2 " })).toBe("0 6 * * 2");
  });
});
