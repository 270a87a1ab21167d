import { Readable } from "node:stream";
import { reader } from "#lib/db/transact.ts";
import { importAccessEvents } from "#lib/sessions/commands/import-events.ts";
import { as, ENGINEER } from "../cast.ts";
import { requiredSource } from "../exports.ts";
import { NIMBUS } from "../nimbus.ts";
import { nimbusLog } from "../nimbus-log.ts";
import { type Chapter, daysAgo, dayText } from "../story.ts";

/** The days that each file of the log begins with; the last one goes up to now. */
const FILES = [56, 42, 28, 14];

const imported = async (): Promise<number> =>
  (await reader.rows<{ files: number }>("SELECT count(*)::int AS files FROM access_event_batches"))[0]?.files ?? 0;

/** Eight weeks of the cloud's own log: who signed in and how, which roles were taken on, what is going on right now. */
export const accessLog: Chapter = {
  title: "eight weeks of the cloud's log",
  isTold: async () => (await imported()) >= FILES.length,
  async tell(story) {
    const sourceId = await requiredSource(NIMBUS.name);
    for (const [place, from] of FILES.entries()) {
      if ((await imported()) > place) continue;
      const until = FILES[place + 1] ?? 0;
      const ctx = await as(story, ENGINEER, until === 0 ? story.now : daysAgo(story, until, 11));
      const name = `nimbus-log-${dayText(daysAgo(story, from))}.json`;
      await importAccessEvents(ctx, { sourceId, name }, Readable.from([Buffer.from(nimbusLog(story, from, until))]));
    }
  },
};
