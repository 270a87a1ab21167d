import { z } from "zod";
import { ENVIRONMENTS, IDENTITY_CLASSES, IDENTITY_STATUSES, RESOURCE_CLASSES, SENSITIVITIES } from "./streams.ts";

const text = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .optional()
    .catch(undefined)
    .transform((value) => value || undefined);
const id = z.uuid().optional().catch(undefined);
/** Names are in it, so it may be long. One that was not handed out is refused; any other bad value falls back to no filter. */
export const cursor = z
  .string()
  .max(8_000)
  .optional()
  .transform((value) => value || undefined);
const owner = z
  .union([z.uuid(), z.literal("none")])
  .optional()
  .catch(undefined);
const presence = z.enum(["live", "gone"]).catch("live").default("live");

export const identityFilter = z.object({
  q: text(200),
  source: id,
  class: z.enum(IDENTITY_CLASSES).optional().catch(undefined),
  status: z.enum(IDENTITY_STATUSES).optional().catch(undefined),
  environment: z.enum(ENVIRONMENTS).optional().catch(undefined),
  /** Whether a person is known for it; proposed: somebody has to look. */
  person: z.enum(["matched", "proposed", "none"]).optional().catch(undefined),
  /** A person who answers for it; none: nobody does. */
  owner,
  presence,
  cursor,
});
export type IdentityFilter = z.infer<typeof identityFilter>;

export const resourceFilter = z.object({
  q: text(200),
  source: id,
  class: z.enum(RESOURCE_CLASSES).optional().catch(undefined),
  environment: z.enum(ENVIRONMENTS).optional().catch(undefined),
  sensitivity: z.enum(SENSITIVITIES).optional().catch(undefined),
  owner,
  presence,
  cursor,
});
export type ResourceFilter = z.infer<typeof resourceFilter>;

/** Which of those who reach something: by name, by class, and whether a group or role stands between. */
export const reacherFilter = z.object({
  q: text(200),
  class: z.enum(IDENTITY_CLASSES).optional().catch(undefined),
  way: z.enum(["direct", "path"]).optional().catch(undefined),
  privileged: z.enum(["yes", "unknown"]).optional().catch(undefined),
  cursor,
});
export type ReacherFilter = z.infer<typeof reacherFilter>;

export const reachedFilter = z.object({
  q: text(200),
  privileged: z.enum(["yes", "unknown"]).optional().catch(undefined),
  cursor,
});
export type ReachedFilter = z.infer<typeof reachedFilter>;

/** A day in the past as a page's address holds it; what is no day is today. */
export const asOfParam = z.object({
  asOf: z.iso.date().optional().catch(undefined),
});

export const SUBJECT_KINDS = ["person", "identity", "resource", "entitlement"] as const;
export type SubjectKind = (typeof SUBJECT_KINDS)[number];

/** Whom or what a question of access is about, as `kind:id`. */
export const subjectParam = z
  .string()
  .transform((value) => value.split(":"))
  .pipe(z.tuple([z.enum(SUBJECT_KINDS), z.uuid()]))
  .transform(([kind, subjectId]) => ({ kind, id: subjectId }));
export type Subject = z.infer<typeof subjectParam>;

/** Rows and columns of the matrix: identities and resources, each by its own filter. */
export const matrixFilter = z.object({
  q: text(200),
  source: id,
  class: z.enum(IDENTITY_CLASSES).optional().catch(undefined),
  resource: text(200),
  resourceClass: z.enum(RESOURCE_CLASSES).optional().catch(undefined),
  environment: z.enum(ENVIRONMENTS).optional().catch(undefined),
  only: z.enum(["privileged"]).optional().catch(undefined),
});
export type MatrixFilter = z.infer<typeof matrixFilter>;
