import { as, ENGINEER } from "../cast.ts";
import { importExport, runsOf } from "../exports.ts";
import { STOCKROOM, stockroomRecords } from "../stockroom.ts";
import { type Chapter, hoursAgo } from "../story.ts";

/** An export that was cut short: more vanished than the source's threshold lets through, so it waits for two people. */
export const heldRun: Chapter = {
  title: "an export cut short, held",
  isTold: async () => (await runsOf(STOCKROOM.name)) > 3,
  async tell(story) {
    const at = hoursAgo(story, 23);
    await importExport(await as(story, ENGINEER, at), STOCKROOM, stockroomRecords(story, 1, at, 0.4));
  },
};
