import "#components/ui/zod-in-browser.ts";

import type { PersonChoice } from "#components/campaigns/person-search.tsx";
import { instantOf, localTimeOf } from "#components/campaigns/zoned.ts";
import { termsProblem } from "#lib/exceptions/refusal-words.ts";
import { termsRefusals } from "#lib/exceptions/rules.ts";
import { type ExceptionTermsInput, exceptionTerms } from "#lib/exceptions/schema.ts";
import type { RiskClass } from "#lib/policy/risk.ts";

/** A day begins at its first minute and ends with its last, in the reader's zone. */
const dawnOf = (day: string, zone: string) => instantOf({ date: day, time: "00:00" }, zone);
const eveOf = (day: string, zone: string) => instantOf({ date: day, time: "23:59" }, zone);
export const dayOf = (iso: string, zone: string): string => localTimeOf(iso, zone).date;

export function readTerms(form: FormData, owner: PersonChoice | null, zone: string): ExceptionTermsInput {
  const text = (name: string) => String(form.get(name) ?? "");
  return {
    rationale: text("rationale"),
    control: text("control"),
    controlOwnerId: owner?.personId ?? "",
    controlTest: text("controlTest"),
    controlDueAt: eveOf(text("controlDueAt"), zone) ?? "",
    startsAt: dawnOf(text("startsAt"), zone),
    expiresAt: eveOf(text("expiresAt"), zone) ?? "",
  };
}

/** By the rules that the command asks again: a sentence for each field. */
export function problemsOf(terms: ExceptionTermsInput, riskClass: RiskClass, now: Date): Record<string, string> {
  const parsed = exceptionTerms.safeParse(terms);
  if (!parsed.success) return Object.fromEntries(parsed.error.issues.map(({ path, message }) => [path.join("."), message]));
  const { startsAt, expiresAt, controlDueAt } = parsed.data;
  const instants = {
    startsAt: startsAt === null ? null : new Date(startsAt),
    expiresAt: new Date(expiresAt),
    controlDueAt: new Date(controlDueAt),
  };
  const problems = termsRefusals(instants, riskClass, now).map((refusal) => termsProblem(refusal, riskClass));
  return Object.fromEntries(problems.map(({ field, text }) => [field, text]));
}
