import { importUntil, isImportedUntil, PEOPLE } from "../calendar.ts";
import { ensureCast, isCastThere } from "../cast.ts";
import { peopleRecords } from "../company.ts";
import { importExport, runsOf } from "../exports.ts";
import { asOperator, type Chapter, daysAgo } from "../story.ts";

/** Six months ago: the people file, and whoever of them signs in here. */
export const people: Chapter = {
  title: "80 people, and who signs in",
  isTold: isCastThere,
  async tell(story) {
    const at = daysAgo(story, 180, 5);
    if ((await runsOf(PEOPLE.name)) === 0) await importExport(asOperator(at), PEOPLE, { people: peopleRecords(story, 180) });
    await ensureCast(story);
  },
};

export const sources: Chapter = {
  title: "a build system and a cloud, connected",
  isTold: () => isImportedUntil(166),
  tell: (story) => importUntil(story, 166),
};

/** People join, move and leave; access is added, ends, and comes to mean more. */
export const summer: Chapter = {
  title: "four months of changes",
  isTold: () => isImportedUntil(41),
  tell: (story) => importUntil(story, 41),
};
