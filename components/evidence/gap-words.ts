import { countText } from "#components/ui/moment-text.ts";
import type { CampaignGapCode } from "#lib/evidence/gaps.ts";
import type { PackGap } from "#lib/evidence/schema.ts";

/** Short for a list; the pack's gaps.txt has the whole sentence with its names. Standing gaps are in every pack and never listed here. */
const WORDS: Readonly<Record<CampaignGapCode, string>> = {
  demo: "made up for the demo",
  digest_differs: "items or outcomes differ from what was signed",
  population_signature: "the population's signature",
  sources_left_out: "sources left out",
  let_through: "frozen although the gate objected",
  run_let_through: "a held sync let through",
  run_partial: "sources not read in full",
  stream_not_told: "kinds of record that a source did not tell",
  total_not_declared: "totals that no source declared",
  records_rejected: "records rejected",
  files_unattested: "files without an attestation",
  unknown_privileged: "items of unknown privilege",
  unknown_last_used: "items of unknown last use",
  unknown_factors: "identities of unknown factors",
  unknown_granted: "items of unknown beginning",
  unknown_place: "environment or sensitivity unknown",
  unknown_class: "items of identities of unknown class",
  class_absent: "classes of identity that no source showed",
  orphaned: "identities without a person",
  unowned: "machines without an owner",
  owner_left: "identities whose owner left",
  no_independent_count: "no independent count",
  no_cycle: "not a campaign that comes again",
  cycles_unexplained: "missed without a reason",
  granted_after_freeze: "granted after the freeze",
  not_independent: "reviewed by whoever answers for it",
  reviewers_silent: "reviewers who never answered",
  password_only: "decisions after a password alone",
  by_token: "decisions by an API token",
  sso_factors_unknown: "decisions of unknown factors",
  signed_off_by_password: "signed off by password",
  by_silence: "items by silence",
  voided: "items voided",
  late: "decisions after the due date",
  seconds_unknown: "decisions of unmeasured time",
  revoke_not_planned: "revokes without a removal",
  removal_open: "removals not proven yet",
  removal_overdue: "removals past their time",
  verification_frozen: "proofs that wait for a sync",
  nobody_told: "Nobody was told anything",
  mail_off: "Told in the app only",
  mail_without_address: "No mail address known",
  mail_undelivered: "Mail that was not delivered",
  mail_waiting: "Mail that had not gone out",
  regrown: "removed access that came back",
  still_watching: "removals still watched",
  exception_undecided: "items on an undecided request for an exception",
  exception_lapsed: "exceptions lapsed since the review began",
  exception_untested: "exceptions whose control was never tested",
  overlapping: "overlapping campaigns",
  names_gone: "names no longer kept",
};

export function gapWords({ code, count }: PackGap): string {
  const words = WORDS[code as CampaignGapCode] ?? code.replaceAll("_", " ");
  return count === null ? words : `${countText(count)} ${words}`;
}
