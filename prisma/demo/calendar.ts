import { as, ENGINEER } from "./cast.ts";
import { peopleRecords } from "./company.ts";
import { importExport, type Records, runsOf, type World } from "./exports.ts";
import { FORGE, forgeRecords } from "./forge.ts";
import { NIMBUS, nimbusRecords } from "./nimbus.ts";
import { STOCKROOM, stockroomRecords } from "./stockroom.ts";
import { asOperator, daysAgo, type Story } from "./story.ts";

export const PEOPLE: World = {
  name: "People",
  format: "csv",
  streams: ["people"],
  isPeopleSource: true,
  attestation: { tool: "staffbook", version: "2026.2", command: "staffbook export people", identity: "margit.soler" },
};

type Entry = { world: World; days: readonly number[]; records: (story: Story, day: number, at: Date) => Records };

/** When each system was exported, in days before the story's end; of one day, people come first. */
const CALENDAR: readonly Entry[] = [
  { world: PEOPLE, days: [180, 120, 60, 31, 10, 2], records: (story, day) => ({ people: peopleRecords(story, day) }) },
  { world: FORGE, days: [180, 166, 158, 152, 120, 90, 60, 41, 31, 10, 2], records: forgeRecords },
  { world: NIMBUS, days: [180, 166, 158, 152, 120, 90, 60, 41, 31, 10, 2], records: nimbusRecords },
  { world: STOCKROOM, days: [120, 60, 10], records: (story, day, at) => stockroomRecords(story, day, at) },
];

/** The exports up to that day that were not imported yet, in their order. */
export async function importUntil(story: Story, day: number): Promise<void> {
  const due: { entry: Entry; day: number; hour: number }[] = [];
  for (const [place, entry] of CALENDAR.entries()) {
    const done = await runsOf(entry.world.name);
    due.push(...entry.days.slice(done).flatMap((each) => (each >= day ? [{ entry, day: each, hour: 5 + place / 2 }] : [])));
  }
  for (const { entry, day: each, hour } of due.toSorted((a, b) => b.day - a.day || a.hour - b.hour)) {
    const at = daysAgo(story, each, hour);
    const isFirst = entry.world === PEOPLE && each === 180;
    const ctx = isFirst ? asOperator(at) : await as(story, ENGINEER, at);
    await importExport(ctx, entry.world, entry.records(story, each, at));
  }
}

/** Whether every world was imported up to that day. */
export async function isImportedUntil(day: number): Promise<boolean> {
  for (const { world, days } of CALENDAR) if ((await runsOf(world.name)) < days.filter((each) => each >= day).length) return false;
  return true;
}
