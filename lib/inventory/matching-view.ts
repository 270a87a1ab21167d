import { z } from "zod";

/** Which identities: somebody has to look, have a person, have none and nobody was proposed. */
export const MATCHING_VIEWS = ["proposed", "matched", "nobody"] as const;
export type MatchingView = (typeof MATCHING_VIEWS)[number];

/** The state of the people matching page in its URL, and of its rows' route. Bad values fall back. */
export const matchingParams = z.object({
  view: z.enum(MATCHING_VIEWS).catch("proposed").default("proposed"),
  q: z
    .string()
    .trim()
    .max(200)
    .optional()
    .catch(undefined)
    .transform((text) => text || undefined),
  cursor: z
    .string()
    .max(600)
    .optional()
    .catch(undefined)
    .transform((text) => text || undefined),
});
export type MatchingParams = z.infer<typeof matchingParams>;
