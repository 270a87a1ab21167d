import { always, counted, type GapRule, named, sum, when } from "./gap-rule.ts";

const CLOSED_STATES = ["VERIFIED", "SUPERSEDED"];

/** What reviewers, decisions and removals of this campaign leave open. */
export const OF_REVIEW = {
  not_independent: {
    lines: ["B2"],
    find: ({ notIndependent }) =>
      when(
        notIndependent,
        (count) =>
          `${counted(count, "item")} ${count === 1 ? "was" : "were"} reviewed by the owner of the identity, who answers for it: not an independent reviewer.`,
      ),
  },
  reviewers_silent: {
    lines: ["B1", "C5"],
    find: ({ reviewersSilent: { reviewers, items } }) =>
      when(reviewers, (count) => `${counted(count, "reviewer")} with ${counted(items, "item")} never answered, signed in or not.`),
  },
  password_only: {
    lines: ["B4"],
    find: ({ decisions, totals }) =>
      when(
        decisions.byPassword,
        (count) =>
          `${count} of ${counted(totals.decisions, "decision")} were made after signing in with a password alone. That is one factor: not MFA.`,
      ),
  },
  by_token: {
    lines: ["B4"],
    find: ({ decisions }) =>
      when(
        decisions.byToken,
        (count) => `${counted(count, "decision")} came by an API token; what its holder showed when it was made is in the log alone.`,
      ),
  },
  sso_factors_unknown: {
    lines: ["B4"],
    find: ({ decisions }) =>
      when(
        decisions.ssoWithoutFactors,
        (count) => `For ${counted(count, "decision")} the identity provider did not say which factors were shown.`,
      ),
  },
  signed_off_by_password: {
    lines: ["B4", "C8"],
    find: ({ signOff }) =>
      signOff.confirmedBy === "password"
        ? { count: null, text: "The sign-off was confirmed by entering the password again: fresh, but one factor." }
        : null,
  },
  by_silence: {
    lines: ["C2", "C5"],
    find: ({ silence: { items, highOrCritical } }) =>
      when(
        items,
        (count) =>
          `${counted(count, "item")} got no answer from anybody, ${highOrCritical} of them of high or critical risk. They are marked "by silence" and were not decided by a person: what the plan's rule made of each is in items.csv (silence_rule, outcome).`,
      ),
  },
  voided: {
    lines: ["C1"],
    find: ({ voided }) =>
      when(
        sum(voided.map(({ items }) => items)),
        (count) =>
          `${counted(count, "item")} ended without a decision because there was nothing left to decide (${named(voided.map(({ reason, items }) => `${reason.toLowerCase().replaceAll("_", " ")}: ${items}`))}).`,
      ),
  },
  late: {
    lines: ["D2"],
    find: ({ decisions }) =>
      when(decisions.late, (count) => `${counted(count, "decision")} came after the due date of the item. Why is not recorded.`),
  },
  seconds_unknown: {
    lines: ["C4"],
    find: ({ decisions }) =>
      when(decisions.unmeasured, (count) => `For ${counted(count, "decision")} it was not measured how long the item was looked at.`),
  },
  conflict_unsettled: {
    lines: ["C7"],
    find: ({ conflicts }) =>
      when(
        conflicts.unsettled,
        (count) =>
          `${counted(count, "item")} of ${conflicts.items} with a conflict of duties ended with both sides in place. Where an exception was in force before the review, exceptions.csv has it.`,
      ),
  },
  conflicts_not_looked_for: {
    lines: ["C3", "C7"],
    find: ({ conflicts }) =>
      conflicts.wereLookedFor
        ? null
        : {
            count: null,
            text: "The population was frozen before peers' access and conflicts of duties were looked for: they are not known.",
          },
  },
  second_look_disagrees: {
    lines: ["C4"],
    find: ({ secondLooks }) =>
      when(
        secondLooks.disagreeing,
        (count) => `${counted(count, "second look")} would have revoked what was kept; the owner signed off over it.`,
      ),
  },
  revoke_not_planned: {
    lines: ["E1"],
    find: ({ remediation }) =>
      when(
        remediation.notPlanned,
        (count) => `For ${counted(count, "decision")} that take work in a source no task was planned up to the checkpoint.`,
      ),
  },
  removal_open: {
    lines: ["E1", "E2", "E3"],
    find: ({ remediation: { byState } }) => {
      const open = Object.entries(byState).filter(([state]) => !CLOSED_STATES.includes(state));
      return when(
        sum(open.map(([, tasks]) => tasks)),
        (count) =>
          `${counted(count, "removal")} ${count === 1 ? "is" : "are"} not proven at the checkpoint (${named(open.map(([state, tasks]) => `${state.toLowerCase().replaceAll("_", " ")}: ${tasks}`))}).`,
      );
    },
  },
  removal_overdue: {
    lines: ["E1"],
    find: ({ remediation }) => when(remediation.overdue, (count) => `${counted(count, "removal")} missed the time set for it.`),
  },
  verification_frozen: {
    lines: ["E2"],
    find: ({ remediation: { frozen } }) =>
      when(
        sum(frozen.map(({ tasks }) => tasks)),
        () =>
          `Proof waits for a full sync that has not come: ${frozen.map(({ source, tasks }) => `${source} (${counted(tasks, "removal")})`).join(", ")}.`,
      ),
  },
  regrown: {
    lines: ["E4"],
    find: ({ remediation }) =>
      when(remediation.regrown, (count) => `Of ${counted(count, "proven decision")} what was to go has come back.`),
  },
  still_watching: {
    lines: ["E4"],
    find: ({ remediation }) =>
      when(
        remediation.watching,
        (count) =>
          `For ${counted(count, "removal")} the watch period had not ended at the checkpoint: a return after it is not in this pack.`,
      ),
  },
  nobody_told: {
    lines: ["D3"],
    find: ({ notifications }) =>
      notifications.told === 0 ? always("Nothing was told to anybody about this campaign up to the checkpoint.") : null,
  },
  mail_off: {
    lines: ["D3"],
    find: ({ notifications }) =>
      when(
        notifications.mailOff,
        (count) => `${counted(count, "notification")} ${count === 1 ? "was" : "were"} given in the app only: no mail server was set.`,
      ),
  },
  mail_without_address: {
    lines: ["D3"],
    find: ({ notifications }) =>
      when(
        notifications.withoutAddress,
        (count) => `${counted(count, "notification")} could not be mailed: no address of the recipient is known.`,
      ),
  },
  mail_undelivered: {
    lines: ["D3"],
    find: ({ notifications }) =>
      when(
        notifications.undelivered,
        (count) =>
          `${counted(count, "notification")} ${count === 1 ? "was" : "were"} refused by the mail server, or given up after three days.`,
      ),
  },
  mail_waiting: {
    lines: ["D3"],
    find: ({ notifications }) =>
      when(notifications.waiting, (count) => `The mail of ${counted(count, "notification")} had not gone out at the checkpoint.`),
  },
  exception_undecided: {
    lines: ["F1", "F2"],
    find: ({ exceptions }) =>
      when(
        exceptions.undecided,
        (count) =>
          `${counted(count, "item")} ${count === 1 ? "rests" : "rest"} on a request for an exception that was not decided at the checkpoint: the access stays, and nothing covers it yet.`,
      ),
  },
  exception_lapsed: {
    lines: ["F2"],
    find: ({ exceptions }) =>
      when(
        exceptions.lapsed,
        (count) =>
          `${counted(count, "exception")} lapsed (expired, revoked or suspended) after this review began: see exceptions.csv for what was asked again.`,
      ),
  },
  exception_untested: {
    lines: ["F1"],
    find: ({ exceptions }) =>
      when(
        exceptions.untested,
        (count) => `For ${counted(count, "exception")} in force no test of the compensating control was recorded up to the checkpoint.`,
      ),
  },
  overlapping: {
    lines: ["A1"],
    find: ({ overlapping }) =>
      when(
        overlapping.length,
        () => `Other campaigns were under way over the same sources and have evidence of their own: ${named(overlapping)}.`,
      ),
  },
  names_gone: {
    lines: ["H3", "B1"],
    find: ({ namesGone }) =>
      when(
        namesGone,
        (count) => `In ${counted(count, "event")} of the log the name of who acted is no longer kept; the commitment to it is.`,
      ),
  },
} as const satisfies Record<string, GapRule>;
