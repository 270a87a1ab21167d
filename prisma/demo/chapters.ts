import { accessLog } from "./chapters/access-log.ts";
import { autumnReview, autumnSignOff } from "./chapters/autumn-review.ts";
import { people, sources, summer } from "./chapters/beginnings.ts";
import { database, databaseAgain } from "./chapters/database.ts";
import { exception } from "./chapters/exception.ts";
import { heldRun } from "./chapters/held-run.ts";
import { hurriedReview, secondLook } from "./chapters/hurried-review.ts";
import { keysReview, keysSignOff } from "./chapters/keys-review.ts";
import { microRules } from "./chapters/micro-rules.ts";
import { ownersReview } from "./chapters/owners-review.ts";
import { quarterlyReview } from "./chapters/quarterly-review.ts";
import { recurringReview } from "./chapters/recurring-review.ts";
import { removalInSteps } from "./chapters/removal-in-steps.ts";
import { pack, regrowth, removals } from "./chapters/removals.ts";
import { springReview } from "./chapters/spring-review.ts";
import { stepsReview } from "./chapters/steps-review.ts";
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
  hurriedReview,
  database,
  quarterlyReview,
  recurringReview,
  heldRun,
  autumnSignOff,
  secondLook,
  keysSignOff,
  stepsReview,
  removals,
  pack,
  regrowth,
  removalInSteps,
  databaseAgain,
  accessLog,
  microRules,
];
