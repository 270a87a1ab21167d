import type { ReviewerQuality } from "#lib/campaigns/campaign-types.ts";

const share = (part: number, of: number): string => (of === 0 ? "none" : `${Math.round((part / of) * 100)} %`);

/** How a reviewer decided, each figure with what it is of. "Unknown" where nothing was measured. */
export const QUALITY: readonly { id: string; header: string; of: string; tell: (quality: ReviewerQuality) => string }[] = [
  {
    id: "seconds",
    header: "Per item",
    of: "Median of the seconds that an item was in front of them; of several at once, their share",
    tell: ({ medianSeconds }) =>
      medianSeconds === null ? "unknown" : `${medianSeconds < 10 ? medianSeconds : Math.round(medianSeconds)} s`,
  },
  { id: "viewed", header: "Opened", of: "Items whose evidence they opened", tell: ({ viewed, decided }) => share(viewed, decided) },
  { id: "bulk", header: "In bulk", of: "Items decided together with others", tell: ({ bulk, decided }) => share(bulk, decided) },
  {
    id: "overridden",
    header: "Overruled",
    of: "Items decided against the suggestion, of those with one",
    tell: ({ overridden, suggested }) => `${overridden} of ${suggested}`,
  },
  {
    id: "privileged",
    header: "Privileged kept",
    of: "Privileged items kept, of those decided",
    tell: ({ privilegedKept, privileged }) => `${privilegedKept} of ${privileged}`,
  },
];
