import { z } from "zod";
import type { TermedAnswer } from "./answers.ts";

const id = z.uuid();
const name = z.string().max(1000);
const days = z.int().min(1, "At least one day.").max(3650, "At most ten years.");
const until = z.iso.datetime({ offset: true });
const subjectPattern = z.string().trim().min(1, "Say which subjects stay.").max(1000);
const issuer = z.string().trim().min(1).max(500);
/** How much may be listed one by one; a group that gives more is left and what is needed granted by itself. */
export const MAX_ENDS = 1000;

/**
 * What exactly an answer asks for, as a reviewer gives it. Of a grant, `stays` names what of it stays (the entitlement itself or any that
 * it reaches); whatever is not named goes.
 */
export const givenTerms = z.discriminatedUnion("answer", [
  z.strictObject({ answer: z.literal("reduce"), stays: z.array(id).min(1, "Choose what stays; if nothing does, revoke it.").max(20) }),
  z.strictObject({ answer: z.literal("time_limit"), until }),
  z.strictObject({ answer: z.literal("rotate") }),
  z.strictObject({ answer: z.literal("shorten"), maxDays: days }),
  z.strictObject({ answer: z.literal("federate"), issuer: issuer.nullable().default(null) }),
  z.strictObject({
    answer: z.literal("narrow"),
    subjectPattern: subjectPattern.nullable().default(null),
    stays: z.array(id).max(20).default([]),
  }),
  z.strictObject({ answer: z.literal("split") }),
  z.strictObject({ answer: z.literal("re_own"), ownerId: id, backupOwnerId: id }),
  z.strictObject({ answer: z.literal("retire") }),
]);

const named = z.strictObject({ id, name });
const sets = { stays: z.array(named).min(1).max(20), ends: z.array(named).min(1).max(MAX_ENDS) };

/**
 * The same as it is kept with the decision: everything named, so that it reads the same when the names have changed. `ends` is what goes:
 * the proof is that none of it is held by any path.
 */
export const answerTerms = z.discriminatedUnion("answer", [
  z.strictObject({ answer: z.literal("reduce"), ...sets }),
  z.strictObject({ answer: z.literal("time_limit"), until }),
  z.strictObject({ answer: z.literal("rotate") }),
  z.strictObject({ answer: z.literal("shorten"), maxDays: days }),
  z.strictObject({ answer: z.literal("federate"), issuer: issuer.nullable() }),
  z.strictObject({
    answer: z.literal("narrow"),
    subjectPattern: subjectPattern.nullable(),
    stays: z.array(named).max(20),
    ends: z.array(named).max(MAX_ENDS),
  }),
  z.strictObject({ answer: z.literal("split") }),
  z.strictObject({ answer: z.literal("re_own"), owner: named, backupOwner: named }),
  z.strictObject({ answer: z.literal("retire") }),
]);

export type GivenTerms = z.output<typeof givenTerms>;
export type GivenTermsInput = z.input<typeof givenTerms>;
export type AnswerTerms = z.infer<typeof answerTerms>;
export type Named = z.infer<typeof named>;
/** Each termed answer has its terms, and nothing else has any. */
export type TermsOf<A extends TermedAnswer> = Extract<AnswerTerms, { answer: A }>;
