import { z } from "zod";
import { AGES, LAST_USES } from "./posture.ts";
import { cursor as cursorParam } from "./search-params.ts";
import { CREDENTIAL_KINDS, FACTOR_KINDS, FACTS } from "./streams.ts";

const one = <const Values extends readonly [string, ...string[]]>(values: Values) => z.enum(values).optional().catch(undefined);

export const POSTURE_LISTS = ["leavers", "grants", "credentials", "factors", "people"] as const;
export type PostureList = (typeof POSTURE_LISTS)[number];

/** The rows behind one number of the overview, as the page's address holds them. What is not understood is no filter. */
export const postureRowsParams = z.object({
  of: z.enum(POSTURE_LISTS).catch("leavers").default("leavers"),
  /** leavers: who left, or of whom nobody tells whether they did. */
  status: one(["left", "untold"]),
  privileged: one(FACTS),
  used: one(LAST_USES),
  age: one(AGES),
  lifetime: one(["bounded", "never", "unknown"]),
  kind: one([...new Set([...FACTOR_KINDS, ...CREDENTIAL_KINDS])] as [string, ...string[]]),
  resistant: one(FACTS),
  /** people: with a factor, without one, or of whom the source does not tell. */
  factor: one(["some", "none", "untold"]),
  cursor: cursorParam,
});
export type PostureRowsParams = z.infer<typeof postureRowsParams>;

/** One line: whose, what, and when; a moment as its kind and its instant. */
export type PostureRow = {
  id: string;
  personId: string | null;
  identityId: string | null;
  name: string;
  what: string;
  detail: string | null;
  source: string;
  atKind: "value" | "never" | "unknown" | "not_supported";
  at: string | null;
};
