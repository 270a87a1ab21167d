import type { LoggedChanges } from "#lib/sessions/types.ts";
import type { RemediationParameters, Writes } from "./rules.ts";
import type { PreflightRow } from "./types.ts";

export type PreflightFacts = {
  writes: Writes;
  identityName: string;
  /** As frozen with the item, and as the inventory has it now. */
  identityClasses: readonly string[];
  environment: string;
  lastUsed: { kind: string; at: Date | null };
  isBySilence: boolean;
  changes: LoggedChanges;
};

const DAY_MS = 86_400_000;
const PEOPLE = ["human", "break_glass", "shared"];

/** What speaks against taking the access back as far as the inventory knows. The source's own answer comes beside it. */
export function ownChecks(facts: PreflightFacts, now: Date, parameters: RemediationParameters): PreflightRow[] {
  return [
    writes(facts),
    breakGlass(facts),
    lastUsed(facts, now, parameters.recentUseDays),
    ...deployed(facts, now, parameters),
    facts.isBySilence
      ? { name: "Decided by a person", result: "warns", detail: "Nobody answered: it is revoked by silence alone." }
      : { name: "Decided by a person", result: "ok", detail: "A reviewer decided it." },
  ];
}

function writes({ writes: state }: PreflightFacts): PreflightRow {
  const name = "The connector may write";
  if (state === "on") return { name, result: "ok", detail: "Two people have switched it on for this source." };
  const detail =
    state === "off"
      ? "Writing to this source is switched off. Two people can switch it on."
      : "There is no way to write to this source: do it by hand.";
  return { name, result: "blocks", detail };
}

function breakGlass({ identityClasses, identityName }: PreflightFacts): PreflightRow {
  const name = "Not a break-glass identity";
  return identityClasses.includes("break_glass")
    ? { name, result: "blocks", detail: `${identityName} is for emergencies. Nothing is taken from it by this program.` }
    : { name, result: "ok", detail: "The inventory does not call it one." };
}

/** Unknown is not "no": where nobody tells the last use, it warns like a recent one. */
function lastUsed({ lastUsed: { kind, at } }: PreflightFacts, now: Date, days: number): PreflightRow {
  const name = `Not used in the last ${days} days`;
  if (kind === "never") return { name, result: "ok", detail: "Never used, as the source tells it." };
  if (kind !== "value" || !at) return { name, result: "warns", detail: "Unknown. The source does not tell when it was last used." };
  const isRecent = now.getTime() - at.getTime() < days * DAY_MS;
  return { name, result: isRecent ? "warns" : "ok", detail: `Last used ${at.toISOString()}.` };
}

/**
 * Asked of machines only: people do not deploy by being deployed. By what the log of the source tells; a change there warns, and so does a log
 * that leaves out a part of the time.
 */
function deployed(
  { identityClasses, environment, changes: { log, last } }: PreflightFacts,
  now: Date,
  { recentDeployDays: days, logLagDays }: RemediationParameters,
): PreflightRow[] {
  if (identityClasses.every((each) => PEOPLE.includes(each))) return [];
  const name = `Not deployed to production in ${days} days`;
  const row = (result: PreflightRow["result"], detail: string): PreflightRow[] => [{ name, result, detail }];
  if (environment === "dev" || environment === "test") return row("ok", `Its environment is ${environment}.`);
  if (last) {
    const where = environment === "prod" ? " in production" : "; its environment is not known, so it may be production";
    return row("warns", `It last changed something on ${last.at.toISOString()} (${last.action})${where}. Ask its owner before you go on.`);
  }
  const since = new Date(now.getTime() - days * DAY_MS);
  if (!log || log.until < since)
    return row("warns", "Unknown. No log of this source was read for these days: import it, or ask the identity's owner.");
  const gaps = [
    ...(log.from > since ? [`before ${log.from.toISOString()}`] : []),
    ...(now.getTime() - log.until.getTime() > logLagDays * DAY_MS ? [`after ${log.until.toISOString()}`] : []),
  ];
  return gaps.length > 0
    ? row("warns", `Unknown ${gaps.join(" and ")}: the log of this source tells nothing of that time. In the rest it changed nothing.`)
    : row("ok", `The log of this source, read up to ${log.until.toISOString()}, shows no change by it.`);
}

const WEIGHT = { ok: 0, warns: 1, blocks: 2 } as const;

/** One row per name: where both ask the same, the graver answer counts and both are told. */
export function combineChecks(own: readonly PreflightRow[], theirs: readonly PreflightRow[]): PreflightRow[] {
  const rows = new Map<string, PreflightRow>();
  for (const row of [...own, ...theirs]) {
    const known = rows.get(row.name);
    if (!known) rows.set(row.name, row);
    else {
      const result = WEIGHT[row.result] > WEIGHT[known.result] ? row.result : known.result;
      rows.set(row.name, { name: row.name, result, detail: known.detail === row.detail ? known.detail : `${row.detail} ${known.detail}` });
    }
  }
  return [...rows.values()];
}

export const namesOf = (checks: readonly PreflightRow[], result: PreflightRow["result"]): string[] =>
  checks.filter((check) => check.result === result).map(({ name }) => name);

/** Warnings that nobody has said yes to. */
export const unconfirmed = (checks: readonly PreflightRow[], confirmed: readonly string[]): string[] =>
  namesOf(checks, "warns").filter((name) => !confirmed.includes(name));
