import { counted, countedIdentities, type GapRule, named, sum, when } from "./gap-rule.ts";

const CLASSES = ["human", "service", "pipeline", "workload", "app", "shared", "break_glass"];

/** What the population of this campaign lacks. Each looks at the facts and is told only where it holds, with its number. */
export const OF_POPULATION = {
  demo: {
    lines: ["H4"],
    find: ({ isDemo }) =>
      isDemo
        ? { count: null, text: "This is a demonstration: people, identities and access in it are invented. It is evidence of nothing." }
        : null,
  },
  digest_differs: {
    lines: ["C8", "A10"],
    find: ({ checks: { population, final } }) =>
      population && final
        ? null
        : {
            count: null,
            text: `${[...(population ? [] : ["The items exported are not the ones whose digest the population's manifest signed."]), ...(final ? [] : ["Outcomes or decisions exported are not the ones whose digest was signed off."])].join(" ")} Somebody changed the database past the product: do not rely on this pack before that is explained.`,
          },
  },
  population_signature: {
    lines: ["A10"],
    find: ({ checks: { signature } }) =>
      signature === true
        ? null
        : {
            count: null,
            text:
              signature === false
                ? "The signature of the population's manifest does not verify."
                : "The population's manifest was signed with a key that this instance no longer holds, so its signature was not checked again.",
          },
  },
  sources_left_out: {
    lines: ["A1"],
    find: ({ leftOut }) =>
      when(
        leftOut.length,
        (count) => `${counted(count, "configured source")} ${count === 1 ? "is" : "are"} not part of this campaign: ${named(leftOut)}.`,
      ),
  },
  let_through: {
    lines: ["A3", "B2"],
    find: ({ letThrough }) =>
      when(letThrough.length, () => `The population was frozen although the gate objected. ${letThrough.join(" ")}`),
  },
  run_let_through: {
    lines: ["A3"],
    find: ({ sources }) => {
      const found = sources.filter(({ overrideReason }) => overrideReason !== null);
      return when(found.length, () =>
        found
          .map(
            ({ name, overrideReason }) =>
              `${name}: the sync under the population was held by the gate and let through by two people, because: ${overrideReason}`,
          )
          .join(" "),
      );
    },
  },
  run_partial: {
    lines: ["A3", "A7"],
    find: ({ sources }) => {
      const found = sources.filter(({ runId, isComplete }) => runId === null || !isComplete).map(({ name }) => name);
      return when(found.length, () => `Not read in full, so the population may lack access: ${named(found)}.`);
    },
  },
  stream_not_told: {
    lines: ["A2", "A8"],
    find: ({ ledger }) => {
      const found = ledger.filter(({ completeness }) => completeness !== "complete");
      return when(found.length, () =>
        found
          .map(({ source, stream, completeness, reason }) => `${source}: ${stream} ${completeness}${reason ? ` (${reason})` : ""}.`)
          .join(" "),
      );
    },
  },
  total_not_declared: {
    lines: ["A3"],
    find: ({ ledger }) => {
      const found = ledger.filter(({ declared, completeness }) => declared === "not declared" && completeness === "complete");
      return when(
        found.length,
        (count) =>
          `${counted(count, "stream")} of ${ledger.length} declare no total, so the rows read have nothing to be compared with: ${named(found.map(({ source, stream }) => `${source} ${stream}`))}.`,
      );
    },
  },
  records_rejected: {
    lines: ["A3"],
    find: ({ ledger }) =>
      when(
        sum(ledger.map(({ rejected }) => Number(rejected))),
        (count) => `${counted(count, "record")} could not be understood and ${count === 1 ? "was" : "were"} rejected: see population.csv.`,
      ),
  },
  files_unattested: {
    lines: ["A2", "A4"],
    find: ({ sources }) => {
      const count = sum(sources.map(({ unattestedFiles }) => unattestedFiles));
      const of = sum(sources.map(({ files }) => files));
      return when(
        count,
        () =>
          `${count} of ${counted(of, "uploaded file")} ${count === 1 ? "is" : "are"} unattested: nobody stated tool, account and time of the export that made ${count === 1 ? "it" : "them"}.`,
      );
    },
  },
  unknown_privileged: {
    lines: ["A8"],
    find: ({ unknown }) =>
      when(unknown.privileged ?? 0, (count) => `For ${counted(count, "item")} it is unknown whether the access is privileged.`),
  },
  unknown_last_used: {
    lines: ["A8", "C3"],
    find: ({ unknown }) =>
      when(unknown.last_used ?? 0, (count) => `For ${counted(count, "item")} it is unknown when the access was last used.`),
  },
  unknown_factors: {
    lines: ["A8", "C3"],
    find: ({ unknown }) =>
      when(unknown.factors_of_identities ?? 0, (count) => `For ${countedIdentities(count)} the MFA factors are unknown.`),
  },
  unknown_granted: {
    lines: ["A8", "C3"],
    find: ({ unknown }) =>
      when(unknown.started ?? 0, (count) => `For ${counted(count, "item")} it is unknown when the access was granted.`),
  },
  unknown_place: {
    lines: ["A8"],
    find: ({ unknown: { environment = 0, sensitivity = 0 } }) =>
      when(
        Math.max(environment, sensitivity),
        () => `The environment is unknown for ${counted(environment, "item")}, the sensitivity for ${counted(sensitivity, "item")}.`,
      ),
  },
  unknown_class: {
    lines: ["A7", "A8"],
    find: ({ unknown }) =>
      when(
        unknown.identity_class ?? 0,
        (count) => `${counted(count, "item")} ${count === 1 ? "belongs" : "belong"} to identities whose class is unknown.`,
      ),
  },
  class_absent: {
    lines: ["A7"],
    find: ({ byClass }) => {
      const absent = CLASSES.filter((name) => !byClass[name]);
      return when(
        absent.length,
        () =>
          `Of these classes the sources showed nothing in scope: ${named(absent.map((name) => name.replaceAll("_", "-")))}. Whether there is any elsewhere is not known.`,
      );
    },
  },
  orphaned: {
    lines: ["A7", "B2"],
    find: ({ identities }) =>
      when(
        identities.orphaned,
        (count) =>
          `${countedIdentities(count)} of people could not be matched to a person, so their reviewer could not be compared with their holder.`,
      ),
  },
  unowned: {
    lines: ["A7", "G1"],
    find: ({ identities }) => when(identities.unowned, (count) => `${countedIdentities(count)} of machines have no owner.`),
  },
  owner_left: {
    lines: ["A7", "G1"],
    find: ({ identities }) => when(identities.ownerLeft, (count) => `${countedIdentities(count)} have an owner who has left.`),
  },
  no_independent_count: {
    lines: ["A6"],
    find: ({ tieOut }) =>
      tieOut && tieOut.sources > 0
        ? null
        : {
            count: null,
            text: `No system outside the sources listed gave an independent count of identities.${tieOut ? ` For comparison: ${counted(tieOut.peopleInOffice, "person").replace("persons", "people")} in office, ${tieOut.peopleWithItems} of them with items.` : ""}`,
          },
  },
  no_cycle: {
    lines: ["D4"],
    find: ({ campaign: { cycle } }) =>
      cycle
        ? null
        : {
            count: null,
            text: "The campaign was made by hand and not by a template that comes again: when the next one is due is not recorded. How each item stood in the last one is in items.csv.",
          },
  },
  cycles_unexplained: {
    lines: ["D4"],
    find: ({ cyclesUnexplained }) =>
      when(
        cyclesUnexplained,
        (count) =>
          `${counted(count, "planned start")} of its template took place without a review, and nobody gave the reason yet: see cycles.csv.`,
      ),
  },
  no_access_log: {
    lines: ["I1", "E5"],
    find: ({ sources }) => {
      const silent = sources.filter(({ eventBatches }) => eventBatches === 0);
      return when(
        silent.length,
        () =>
          `No log of these sources was read, so sign-ins, MFA challenges, tokens and privileges used there are not in this pack: ${named(silent.map(({ name }) => name))}.`,
      );
    },
  },
  granted_after_freeze: {
    lines: ["A9"],
    find: ({ totals }) =>
      when(
        totals.grantedAfterFreeze,
        (count) =>
          `${count === 1 ? "1 access was" : `${count} accesses were`} first seen after the freeze and not reviewed: see granted-after-freeze.csv.`,
      ),
  },
} as const satisfies Record<string, GapRule>;
