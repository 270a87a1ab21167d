import type { BatchRow, RemediationEventRow, RemediationKind, RemediationState } from "#lib/remediation/types.ts";

/** Where the removal stands, and who or what it waits for. */
export const REMEDIATION_SENTENCES: Readonly<Record<RemediationState, string>> = {
  PLANNED: "Decided, and waiting for an approval: the owner of the resource, or security, who did not decide it themselves.",
  APPROVED: "Approved. The connector can take it back where writing to the source is switched on; otherwise somebody does it by hand.",
  QUEUED: "The connector will take it back in a moment.",
  RUNNING: "The connector is taking it back now.",
  APPLIED_UNVERIFIED: "Done in the source, as the source itself says. Two later complete syncs have to show that it is gone.",
  ALREADY_GONE: "It was gone before anything was done. Two later complete syncs have to show that it stays gone.",
  VERIFIED: "Gone: two later complete syncs did not find it, by any path.",
  NOT_EFFECTIVE: "A later sync still finds the access. What was done did not remove it.",
  FAILED: "The connector failed and will try again, at most three times in all.",
  NOT_SUPPORTED: "The source refuses this way of taking it back. Somebody has to do it by hand.",
  MANUAL_REQUIRED: "Somebody has to do this by hand in the source, then say so here with what proves it.",
  TICKETED: "Somebody has it in hand under a ticket. When it is done, say so here with what proves it.",
  CLAIMED_DONE: "Somebody says that it is done. Two later complete syncs have to show it.",
  COVERED: "An exception covers it.",
  SUPERSEDED: "A later decision took its place.",
  RESTORED: "Given back, by two people.",
};

/** What is said differently of a task that takes nothing away for good. */
const OTHERWISE: Partial<Record<RemediationState, string>> = {
  APPLIED_UNVERIFIED: "Done in the source, as the source itself says. Two later complete syncs have to show it.",
  VERIFIED: "Proven: two later complete syncs show it.",
  NOT_EFFECTIVE: "A later sync does not show it. What was done was not enough.",
};
export const stateSentence = (state: RemediationState, kind: RemediationKind): string =>
  (kind === "revoke" ? undefined : OTHERWISE[state]) ?? REMEDIATION_SENTENCES[state];

export const BATCH_WORDS: Readonly<Record<BatchRow["state"], string>> = { RUNNING: "Under way", STOPPED: "Stopped", DONE: "Done" };

export const REMEDIATION_STATES: readonly { value: RemediationState; label: string }[] = [
  { value: "PLANNED", label: "planned" },
  { value: "APPROVED", label: "approved" },
  { value: "QUEUED", label: "queued" },
  { value: "RUNNING", label: "running" },
  { value: "APPLIED_UNVERIFIED", label: "applied, not verified" },
  { value: "ALREADY_GONE", label: "already gone, not verified" },
  { value: "VERIFIED", label: "verified" },
  { value: "NOT_EFFECTIVE", label: "not effective" },
  { value: "FAILED", label: "failed" },
  { value: "NOT_SUPPORTED", label: "not supported" },
  { value: "MANUAL_REQUIRED", label: "to do by hand" },
  { value: "TICKETED", label: "ticketed" },
  { value: "CLAIMED_DONE", label: "claimed done, not verified" },
  { value: "COVERED", label: "covered by an exception" },
  { value: "RESTORED", label: "put back" },
  { value: "SUPERSEDED", label: "superseded" },
];

/** Done in the source, and waiting for syncs to show it. */
export const isWaitingForProof = (state: RemediationState): boolean =>
  state === "APPLIED_UNVERIFIED" || state === "ALREADY_GONE" || state === "CLAIMED_DONE" || state === "NOT_EFFECTIVE";

export const isSettled = (state: RemediationState): boolean => ["VERIFIED", "SUPERSEDED", "RESTORED", "COVERED"].includes(state);

/** "absent in 1 of 2 syncs" */
export const absencesText = (absences: number): string => `absent in ${absences} of 2 syncs`;

const EVENT_WORDS: Readonly<Record<string, string>> = {
  PLANNED: "Planned",
  APPROVED: "Approved",
  QUEUED: "Queued for the connector",
  RUNNING: "The connector began",
  APPLIED_UNVERIFIED: "Taken back in the source",
  ALREADY_GONE: "Found already gone",
  VERIFIED: "Verified: gone by two later complete syncs",
  NOT_EFFECTIVE: "Still there",
  FAILED: "The connector failed",
  NOT_SUPPORTED: "The source does not support it",
  MANUAL_REQUIRED: "Handed to people",
  TICKETED: "Ticketed",
  ticket_changed: "Another ticket took its place",
  CLAIMED_DONE: "Claimed done",
  SUPERSEDED: "Superseded by a later decision",
  preflight: "Checked before executing",
  proof_added: "Proof added",
  RESTORED: "Put back, by two people",
  restore_failed: "Could not be put back",
  absent: "A complete sync did not find it",
  present: "A complete sync still found it",
  regrown: "Grew back",
};

export const eventTitle = ({ kind, actorName }: RemediationEventRow): string => {
  const words = EVENT_WORDS[kind] ?? EVENT_WORDS[kind.toUpperCase()] ?? sentenceOf(kind);
  return actorName ? `${words}, by ${actorName}` : words;
};

function sentenceOf(kind: string): string {
  const words = kind.replaceAll("_", " ").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
