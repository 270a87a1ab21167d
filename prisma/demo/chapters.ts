import { accessLog } from "./chapters/access-log.ts";
import { autumnReview, autumnSignOff } from "./chapters/autumn-review.ts";
import { people, sources, summer } from "./chapters/beginnings.ts";
import { database, databaseAgain } from "./chapters/database.ts";
import { exception } from "./chapters/exception.ts";
import { heldRun } from "./chapters/held-run.ts";
import { keysReview, keysSignOff } from "./chapters/keys-review.ts";
import { microRules } from "./chapters/micro-rules.ts";
import { ownersReview } from "./chapters/owners-review.ts";
import { quarterlyReview } from "./chapters/quarterly-review.ts";
import { recurringReview } from "./chapters/recurring-review.ts";
import { pack, regrowth, removals } from "./chapters/removals.ts";
import { springReview } from "./chapters/spring-review.ts";
import type { Chapter } from "./story.ts";

/** In the order of time: what is dated later is told later. */
export const CHAPTERS: readonly Chapter[] = [
  people,
  sources,
  springReview,
  summer,
  ownersReview,
  autumnReview,
  keysReview,
  exception,
  database,
  quarterlyReview,
  recurringReview,
  heldRun,
  autumnSignOff,
  keysSignOff,
  removals,
  pack,
  regrowth,
  databaseAgain,
  accessLog,
  microRules,
];
