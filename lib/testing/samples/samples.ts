import { campaignSamples } from "./campaign-samples.ts";
import { exceptionSamples } from "./exception-samples.ts";
import { notificationSamples } from "./notification-samples.ts";
import { remediationSamples } from "./remediation-samples.ts";
import { roundSamples } from "./round-samples.ts";
import type { Samples } from "./sample.ts";
import { sourceSamples } from "./source-samples.ts";
import { templateSamples } from "./template-samples.ts";
import { userSamples } from "./user-samples.ts";

/** One accepted call for every way in that can change something. Add a new entry's here, in the file of its domain. */
export const SAMPLES: Samples = {
  ...userSamples,
  ...sourceSamples,
  ...campaignSamples,
  ...templateSamples,
  ...exceptionSamples,
  ...remediationSamples,
  ...notificationSamples,
  ...roundSamples,
};
